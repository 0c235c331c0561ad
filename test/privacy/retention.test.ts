import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Tenant } from '../../src/access/principal.ts';
import { createRetention } from '../../src/jobs/retention.ts';
import { tidyAll } from '../../src/jobs/tidy.ts';
import { readTenant } from '../../src/storage/tenants.ts';
import { tidyTenant } from '../../src/storage/tidy.ts';
import type { Client } from '../support/client.ts';
import { commandIn, jsonOf } from '../support/command.ts';
import { carryOutDue, schedule } from '../support/erasures.ts';
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

const why = { 'customary-reason': 'Settled' };

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
  await one.send('PUT', `/v1/customers/${id}/legal-hold`, { body: { reason: 'A claim' } });
  expect((await tidyTenant(service.app.database, one.tenantId)).removed).toMatchObject({ requests: 0 });
  await one.send('DELETE', `/v1/customers/${id}/legal-hold`, { headers: why });
  expect((await tidyTenant(service.app.database, one.tenantId)).removed).toMatchObject({ requests: 1 });
  expect((await one.get(at)).status).toBe(404);
});

test('an entry of the access log is kept for as long as the rule says, and under a legal hold for longer', async () => {
  const one = await service.otherTenant();
  const { id } = await one.create({ kind: 'person', name: 'Ada', protectionLevel: 3 }, why);
  await service.database.query(
    `UPDATE access_log SET occurred_at = now() - interval '800 days' WHERE customer_id = $1`,
    [id],
  );
  await one.get(`/v1/customers/${id}`);
  const tidied = async () => (await tidyTenant(service.app.database, one.tenantId)).removed['accessLog'];
  await set({ accessLog: 801 }, one);
  expect(await tidied()).toBe(0);
  await set({}, one);
  await one.send('PUT', `/v1/customers/${id}/legal-hold`, { body: { reason: 'A claim' } });
  expect(await tidied()).toBe(0);
  await one.send('DELETE', `/v1/customers/${id}/legal-hold`, { headers: why });
  // The creation was a write, and its answer a read.
  expect(await tidied()).toBe(2);
  expect((await one.get(`/v1/customers/${id}/accesses`)).body['accesses']).toHaveLength(1);
});

test('the service’s login removes no entry of the access log before the rule says so, whatever it asks for', async () => {
  const one = await service.otherTenant();
  const ages = [0, 1, 6, 7, 729, 730];
  for (const days of ages) {
    const { id } = await one.create({ name: 'Ada', protectionLevel: 3 }, why);
    await service.database.query(
      `UPDATE access_log SET occurred_at = now() - make_interval(hours => 24 * $2, mins => 1) WHERE customer_id = $1`,
      [id, days],
    );
  }
  /** The ages of what the login could remove, each told twice: the creation, and its answer. */
  const removable = async () => {
    const undone = new Error('undone');
    let rows: { days: number }[] = [];
    const removing = service.app.database.inTenant(one.tenantId, async (sql) => {
      rows = await sql(
        `DELETE FROM access_log RETURNING extract(days FROM now() - occurred_at)::int AS days`,
      );
      throw undone;
    });
    await expect(removing).rejects.toBe(undone);
    return [...new Set(rows.map(({ days }) => days))].sort((a, b) => a - b);
  };
  expect(defaults.accessLog).toBe(730);
  expect(await removable()).toEqual([730]);
  await set({ accessLog: 7 }, one);
  expect(await removable()).toEqual([7, 729, 730]);
  await set({ accessLog: null }, one);
  expect(await removable()).toEqual([]);
  await set({ accessLog: 1 }, one);
  expect(await removable()).toEqual([1, 6, 7, 729, 730]);
  // A rule that no route takes.
  await service.app.database.inTenant(one.tenantId, (sql) =>
    sql(`INSERT INTO retention_rule VALUES ($1, 'accessLog', 9, -1, now(), 'x', 'x')`, [one.tenantId]),
  );
  expect(await removable()).toEqual([1, 6, 7, 729, 730]);
  await set({ accessLog: 7 }, one);
  expect((await tidyTenant(service.app.database, one.tenantId)).removed).toMatchObject({ accessLog: 6 });
});

describe('a customer whose time is over', () => {
  /** A tenant with these rules, the step that applies them, and customers as they were left so many days ago. */
  const tenantWith = async (rules: object) => {
    const one = await service.otherTenant();
    await set(rules, one);
    const tenant = (await readTenant(service.app.database, one.tenantId)) as Tenant;
    let clock = 0;
    const step = createRetention({ store: service.app.door.store, newId: uuidv7, now: () => clock });
    return {
      ...one,
      apply: async (daysLater = 0) => {
        clock += daysLater * 24 * 60 * 60 * 1000;
        return (await step(tenant)).removed;
      },
      left: async (days: number, how: 'deleted' | 'closed' | 'active', more = {}) => {
        const { id } = await one.create({
          kind: 'person',
          status: how === 'closed' ? how : 'active',
          ...more,
        });
        if (how === 'deleted') await one.remove(id);
        await service.database.query(
          `UPDATE customer SET updated_at = now() - make_interval(days => $2, mins => 1) WHERE customer_id = $1`,
          [id, days],
        );
        return id;
      },
      statusOf: async (id: string) => (await one.get(`/v1/customers/${id}/erasure`)).body['status'],
    };
  };

  test('is scheduled for erasure by the rule that is about it, with the window, once', async () => {
    const one = await tenantWith({ deletedCustomers: 90, closedCustomers: 400 });
    const due = [await one.left(90, 'deleted'), await one.left(400, 'closed')];
    const others = [
      await one.left(89, 'deleted'),
      await one.left(399, 'closed'),
      await one.left(1000, 'active'),
      await one.left(0, 'closed'),
    ];
    expect(await one.apply()).toEqual({ deletedCustomers: 1, closedCustomers: 1 });
    for (const id of due) {
      const { body } = await one.get(`/v1/customers/${id}/erasure`);
      expect(body).toMatchObject({ status: 'scheduled', requestedBy: 'retention', windowWaived: false });
      expect(Date.parse(body['dueAt']) - Date.parse(body['requestedAt'])).toBe(30 * 86_400_000);
    }
    for (const id of others) expect(await one.statusOf(id)).toBe(404);
    expect(await one.apply(1)).toEqual({ deletedCustomers: 0, closedCustomers: 0 });
  });

  test('is left alone while there is no rule', async () => {
    const one = await tenantWith({});
    await one.left(9000, 'deleted');
    expect(await one.apply()).toEqual({});
  });

  test('is left alone under a legal hold and above sub-customers, and looked at again a day later', async () => {
    const one = await tenantWith({ closedCustomers: 10 });
    const [held, parent] = [await one.left(20, 'closed'), await one.left(20, 'closed')];
    const child = await one.create({ kind: 'person', parentId: parent });
    await one.send('PUT', `/v1/customers/${held}/legal-hold`, { body: { reason: 'A claim' } });
    expect(await one.apply()).toEqual({ closedCustomers: 0 });
    await one.send('DELETE', `/v1/customers/${held}/legal-hold`, { headers: why });
    await one.remove(child['id']);
    expect(await one.apply()).toEqual({ closedCustomers: 0 });
    expect(await one.apply(1)).toEqual({ closedCustomers: 2 });
    expect([await one.statusOf(held), await one.statusOf(parent)]).toEqual(['scheduled', 'scheduled']);
  });

  /** What stands of a customer's erasure. */
  const standing = async (one: Client, id: string) => (await one.get(`/v1/customers/${id}/erasure`)).body;

  test('and that comes back is not erased: what was scheduled is cancelled by the next look', async () => {
    const one = await tenantWith({ deletedCustomers: 10, closedCustomers: 10 });
    const [reopened, undone, changed] = [
      await one.left(20, 'closed'),
      await one.left(20, 'deleted'),
      await one.left(20, 'closed'),
    ];
    const [closed, deleted, asked] = [
      await one.left(20, 'closed'),
      await one.left(20, 'deleted'),
      await one.left(20, 'active'),
    ];
    await schedule(one, asked);
    expect(await one.apply()).toEqual({ deletedCustomers: 2, closedCustomers: 3 });
    await one.patch(reopened, { status: 'active' });
    await one.patch(changed, { note: 'has called' });
    expect((await one.send('POST', `/v1/customers/${undone}/history/2/undo`)).status).toBe(200);
    expect(await one.apply()).toEqual({ deletedCustomers: 0, closedCustomers: 0 });
    for (const id of [reopened, undone, changed]) {
      expect(await standing(one, id)).toMatchObject({
        status: 'cancelled',
        cancelledBy: 'retention',
        cancelReason: 'Retention: no rule is about the customer any more',
      });
    }
    for (const id of [closed, deleted, asked]) expect(await one.statusOf(id)).toBe('scheduled');
  });

  test('by a rule that was taken back, or is longer now, is not erased', async () => {
    const one = await tenantWith({ deletedCustomers: 10, closedCustomers: 10 });
    const [deleted, closed, older] = [
      await one.left(20, 'deleted'),
      await one.left(20, 'closed'),
      await one.left(40, 'closed'),
    ];
    await one.apply();
    await set({ closedCustomers: 30 }, one);
    await one.apply();
    expect(await Promise.all([deleted, closed, older].map(one.statusOf))).toEqual([
      'cancelled',
      'cancelled',
      'scheduled',
    ]);
  });

  test('and that comes back when it is due is not erased; what a person scheduled is', async () => {
    const one = await tenantWith({ closedCustomers: 10 });
    const [back, stays, asked] = [
      await one.left(20, 'closed'),
      await one.left(20, 'closed'),
      await one.left(20, 'closed'),
    ];
    await schedule(one, asked);
    await one.apply();
    for (const id of [back, asked]) await one.patch(id, { status: 'active' });
    await service.database.query('UPDATE erasure SET due_at = now() WHERE tenant_id = $1', [one.tenantId]);
    await carryOutDue({ ...service, ...one });
    expect(await Promise.all([back, stays, asked].map(one.statusOf))).toEqual([
      'cancelled',
      'completed',
      'completed',
    ]);
    expect((await one.get(`/v1/customers/${back}`)).status).toBe(200);
  });

  test('is left alone while it is restricted, until that is lifted; a person may have it erased', async () => {
    const one = await tenantWith({ closedCustomers: 10, deletedCustomers: 10 });
    const [closed, asked, deleted] = [
      await one.left(20, 'closed'),
      await one.left(20, 'closed'),
      await one.left(20, 'deleted'),
    ];
    const aged = () =>
      service.database.query(
        `UPDATE customer SET updated_at = now() - interval '20 days' WHERE tenant_id = $1`,
        [one.tenantId],
      );
    const body = { reason: 'The accuracy is contested' };
    for (const id of [closed, asked])
      expect((await one.send('PUT', `/v1/customers/${id}/restriction`, { body })).status).toBe(200);
    await aged();
    expect(await one.apply()).toEqual({ closedCustomers: 0, deletedCustomers: 1 });
    expect(await Promise.all([closed, deleted].map(one.statusOf))).toEqual([404, 'scheduled']);
    expect((await schedule(one, asked)).status).toBe(201);
    await one.send('DELETE', `/v1/customers/${closed}/restriction`, { headers: why });
    await aged();
    expect(await one.apply(1)).toEqual({ closedCustomers: 1, deletedCustomers: 0 });
  });

  test('and that is restricted in the window is not erased: what was scheduled is cancelled', async () => {
    const one = await tenantWith({ closedCustomers: 10 });
    const id = await one.left(20, 'closed');
    await one.apply();
    expect(await one.statusOf(id)).toBe('scheduled');
    await one.send('PUT', `/v1/customers/${id}/restriction`, { body: { reason: 'It is contested' } });
    await service.database.query('UPDATE erasure SET due_at = now() WHERE tenant_id = $1', [one.tenantId]);
    await carryOutDue({ ...service, ...one });
    expect(await one.statusOf(id)).toBe('cancelled');
    expect((await one.get(`/v1/customers/${id}`)).status).toBe(200);
  });

  test('that was erased is not looked at any more', async () => {
    const one = await tenantWith({});
    const [gone, there] = [await one.left(20, 'deleted'), await one.left(20, 'deleted')];
    await service.database.query('UPDATE customer SET erased_at = now() WHERE customer_id = $1', [gone]);
    const tenant = (await readTenant(service.app.database, one.tenantId)) as Tenant;
    const query = { kind: 'deletedCustomers', days: 10, after: null, limit: 10 } as const;
    expect((await service.app.door.store.dueCustomers(tenant, query)).due).toEqual([there]);
  });
});

test('what was removed is counted by kind until nothing is left, and told without a name', async () => {
  const counted: [string, number][] = [];
  const told: unknown[] = [];
  const left = [2, 1, 0];
  await tidyAll(
    {
      tenants: async () => ['one'],
      steps: [
        async () => ({ removed: { requests: left.shift() ?? 0, sessions: 0 }, more: left.length > 0 }),
        async () => ({ removed: { deletedCustomers: 4 }, more: false }),
      ],
      onRemoved: (kind, count) => counted.push([kind, count]),
      log: { info: (about) => told.push(about), error() {} },
    },
    () => false,
  );
  expect(counted).toEqual([
    ['requests', 2],
    ['requests', 1],
    ['deletedCustomers', 4],
  ]);
  expect(told).toEqual([{ tenantId: 'one', removed: { requests: 3, deletedCustomers: 4 } }]);
});
