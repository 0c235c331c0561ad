import { afterAll, beforeAll, expect, test } from 'vitest';
import { newCustomer, seamlessosSender } from '../contracts/seamlessos/client.ts';
import { startReceiver } from '../support/receiver.ts';
import { startService, type TestService } from '../support/service.ts';
import { makeWebhook, toLoopback } from '../support/webhooks.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService({ settings: toLoopback });
});
afterAll(() => service.stop());

test('customer.created and customer.updated carry the customer as SeamlessOS answers with it', async () => {
  const receiver = await startReceiver();
  await makeWebhook(service, {
    url: receiver.url,
    contract: 'seamlessos',
    events: ['customer.created', 'customer.updated'],
    scopes: ['customer:read', 'personal:read'],
  });
  const send = seamlessosSender(service);
  const created = await send('POST', '', { body: newCustomer });
  expect(created.status).toBe(201);
  const updated = await send('PATCH', `/${created.body['customerId']}`, { body: { name: 'Grace Hopper' } });
  // A change that came through another contract is told in the words of this one.
  await service.patch(created.body['customerId'], { locale: 'fi-FI' });
  await service.remove(created.body['customerId']);
  const [first, second, third] = await receiver.got(3);
  for (const [message, type, data] of [
    [first, 'customer.created', created.body],
    [second, 'customer.updated', updated.body],
    [third, 'customer.updated', { preferredLocale: 'fi-FI' }],
  ] as const) {
    expect(Object.keys(message?.json ?? {})).toEqual(['eventId', 'type', 'occurredAt', 'data']);
    expect(message?.json).toMatchObject({ type, data });
    expect(message?.json['eventId']).toMatch(/^[0-9a-f-]{36}$/);
    expect(message?.json['occurredAt']).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  }
  expect(first?.json['data']).toEqual(created.body);
  expect(second?.json['data']).toEqual(updated.body);
});
