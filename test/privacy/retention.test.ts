import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tidyTenant } from '../../src/storage/tidy.ts';
import type { Client } from '../support/client.ts';
import { commandIn, jsonOf } from '../support/command.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

const set = (rules: object, client: Client = service) =>
  client.send('PUT', '/v1/retention', { body: { rules } });
const daysOf = async (client: Client = service): Promise<Record<string, number | null>> =>
  Object.fromEntries(
    (await client.get('/v1/retention')).body['rules'].map((rule: { kind: string; days: number }) => [
      rule.kind,
      rule.days,
    ]),
  );

const defaults = {
  deletedCustomers: null,
  closedCustomers: null,
  requests: 30,
  accessLog: 730,
  idempotencyReplies: 1,
  sessions: 0,
  webhookDeliveries: 0,
};

describe('the rules of retention', () => {
  test('have defaults, are set as a whole, and keep who changed what when', async () => {
    const { tenantId } = await service.otherTenant();
    const one = await service.withKey({ tenantId, name: 'owner' });
    const officer = await service.withKey({ tenantId, name: 'officer', scopes: ['privacy:manage'] });
    expect(await daysOf(one)).toEqual(defaults);
    await set({ requests: 7, deletedCustomers: 90 }, officer);
    const { body } = await set({ requests: 7, accessLog: null }, one);
    expect(await daysOf(one)).toEqual({ ...defaults, requests: 7, accessLog: null });
    const change = (kind: string, days: number | null, principal: string) => ({
      ...{ kind, days, principal, contract: 'native' },
      changedAt: expect.any(String),
    });
    expect(body['changes']).toEqual([
      change('accessLog', null, 'owner'),
      change('deletedCustomers', null, 'owner'),
      change('deletedCustomers', 90, 'officer'),
      change('requests', 7, 'officer'),
    ]);
    expect(await daysOf()).toEqual(defaults);
  });

  test('are judged: unknown and fixed kinds, no days, too many days', async () => {
    for (const rules of [
      { other: 1 },
      { sessions: 1 },
      { requests: 0 },
      { requests: 36_501 },
      { requests: '7' },
    ]) {
      expect((await set(rules)).status).toBe(422);
    }
    expect(await daysOf()).toEqual(defaults);
  });

  test('are no matter of a key that is bound to a customer', async () => {
    const { id } = await service.create();
    const bound = await service.withKey({ customerId: id });
    expect((await bound.get('/v1/retention')).status).toBe(403);
    expect((await set({ requests: 1 }, bound)).status).toBe(403);
  });

  test('that are set at once all leave their trace', async () => {
    const one = await service.otherTenant();
    const days = Array.from({ length: 8 }, (_, index) => index + 1);
    await Promise.all(days.map((requests) => set({ requests }, one)));
    const { changes } = (await one.get('/v1/retention')).body;
    expect(changes.map((change: { days: number }) => change.days).sort()).toEqual(days);
    expect(days).toContain((await daysOf(one))['requests']);
  });

  test('can be set on the command line, one by one', async () => {
    const one = await service.otherTenant('kept');
    const run = commandIn({ DATABASE_URL: service.database.url });
    await set({ accessLog: 100 }, one);
    const answer = jsonOf(await run(['retention', 'set', 'requests', '14', '--tenant', 'kept', '--json']));
    expect(answer['changes'][0]).toMatchObject({ kind: 'requests', days: 14, contract: 'cli' });
    expect(await daysOf(one)).toEqual({ ...defaults, requests: 14, accessLog: 100 });
    const list = await run(['retention', 'list', '--tenant', 'kept']);
    expect(list.stdout).toMatch(/^requests +14 /m);
    expect((await run(['retention', 'set', 'sessions', '1', '--tenant', 'kept'])).code).toBe(2);
  });
});

test('an ended request is kept for as long as the rule of its tenant says', async () => {
  const one = await service.otherTenant();
  const { id } = await one.create();
  const accepted = await one.patch(id, { source: 'later' }, { prefer: 'respond-async' });
  const at = `/v1/requests/${accepted.body['id']}`;
  while ((await one.get(at)).body['status'] === 'open');
  await service.database.query(
    `UPDATE request SET finished_at = now() - interval '10 days' WHERE customer_id = $1`,
    [id],
  );
  await set({ requests: 11 }, one);
  expect((await tidyTenant(service.app.database, one.tenantId)).removed).toMatchObject({ requests: 0 });
  await set({ requests: null }, one);
  expect((await tidyTenant(service.app.database, one.tenantId)).removed).toMatchObject({ requests: 0 });
  await set({ requests: 10 }, one);
  expect((await tidyTenant(service.app.database, one.tenantId)).removed).toMatchObject({ requests: 1 });
  expect((await one.get(at)).status).toBe(404);
});
