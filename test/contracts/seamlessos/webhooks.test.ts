import { afterAll, beforeAll, expect, test } from 'vitest';
import { startReceiver } from '../../support/receiver.ts';
import { startService, type TestService } from '../../support/service.ts';
import { makeWebhook, toLoopback } from '../../support/webhooks.ts';
import { newCustomer, type Sender, seamlessosSender } from './client.ts';

let service: TestService;
let send: Sender;
beforeAll(async () => {
  service = await startService({ settings: toLoopback });
  send = seamlessosSender(service);
});
afterAll(() => service.stop());

test('a customer that is created or updated is told as the API shows it', async () => {
  const receiver = await startReceiver();
  await makeWebhook(service, { url: receiver.url, contract: 'seamlessos' });
  const created = (await send('POST', '', { body: { ...newCustomer, userIds: ['u-1'] } })).body;
  const id = created['customerId'];
  const updated = (await send('PATCH', `/${id}`, { body: { identity: '1' } })).body;
  const messages = await receiver.got(2);
  expect(messages.map(({ json }) => json)).toEqual([
    {
      eventId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      type: 'customer.created',
      occurredAt: created['createdAt'],
      data: created,
    },
    {
      eventId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      type: 'customer.updated',
      occurredAt: updated['updatedAt'],
      data: updated,
    },
  ]);
});

test('a protected customer is told masked to a webhook that may not see more', async () => {
  const receiver = await startReceiver();
  const { tenantId } = await service.otherTenant();
  await makeWebhook({ ...service, tenantId }, { url: receiver.url, contract: 'seamlessos' });
  const client = await service.withKey({ tenantId });
  const { id } = await client.create({
    kind: 'person',
    name: 'Hidden',
    phone: '+46701740630',
    protectionLevel: 2,
  });
  const [message] = await receiver.got(1);
  expect(message?.json['data']).toMatchObject({ customerId: id, name: '***', contact: { msisdn: '***' } });
  expect(message?.body).not.toMatch(/Hidden|\+46701740630/);
});
