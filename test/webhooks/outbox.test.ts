import { randomUUID } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { tidyTenant } from '../../src/storage/tidy.ts';
import { createWebhookStore } from '../../src/storage/webhook-deliveries.ts';
import type { WebhookStore } from '../../src/webhooks/webhook.ts';
import { range } from '../support/answers.ts';
import { holdLock } from '../support/lock.ts';
import { startService, type TestService } from '../support/service.ts';
import { dueNow, stored } from '../support/webhooks.ts';

/** Events are put into the outbox of a database that no service reads. */
let service: TestService;
let store: WebhookStore;
let tenantId: string;
const url = 'https://example.org/';
beforeAll(async () => {
  service = await startService({ settings: { DATABASE_POOL_SIZE: '10' } });
  store = createWebhookStore(service.app.database, 72);
});
afterAll(() => service.stop());
beforeEach(() => {
  // No tenant of the list: the service does not look at it.
  tenantId = randomUUID();
});

const make = async (events?: string[]): Promise<string> => {
  const webhookId = uuidv7();
  await service.database.query(
    `INSERT INTO webhook (tenant_id, webhook_id, contract, url, events, scopes, created_at, given_up)
     VALUES ($1, $2, 'native', $3, $4, 'customer:read', now() - interval '1 day', 0)`,
    [tenantId, webhookId, url, (events ?? ['customer.updated']).join(' ')],
  );
  return webhookId;
};

interface Event {
  customerId: string;
  version: number;
  /** Its place among ids: the clocks of several processes do not agree. */
  place: number;
  age?: string;
}

const put = (events: Event[]) =>
  service.database.query(
    `INSERT INTO outbox (tenant_id, event_id, customer_id, version, type, paths, occurred_at)
     SELECT $1, r.event_id, r.customer_id, r.version, 'customer.updated', '[]', now() - r.age
     FROM unnest($2::uuid[], $3::uuid[], $4::int8[], $5::interval[]) AS r (event_id, customer_id, version, age)`,
    [
      tenantId,
      events.map(({ place }) => uuidv7({ msecs: 1_000_000 + place })),
      events.map(({ customerId }) => customerId),
      events.map(({ version }) => version),
      events.map(({ age = '0' }) => age),
    ],
  );

const left = async (): Promise<number> => {
  const [row] = await service.database.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM outbox WHERE tenant_id = $1',
    [tenantId],
  );
  return row?.count ?? -1;
};

test('an older event of a customer is never left behind a younger one, whatever their ids say', async () => {
  const webhookId = await make();
  const customerId = randomUUID();
  const others = range(3000).map((place) => ({ customerId: randomUUID(), version: 1, place: place + 1 }));
  // The youngest comes first by its id and the oldest last, beyond what is taken at once.
  await put([
    { customerId, version: 3, place: 0 },
    ...others,
    { customerId, version: 1, place: 9000 },
    { customerId, version: 2, place: 9001 },
  ]);
  expect(await store.fanOut(tenantId)).toBe(true);
  expect(await left()).toBeGreaterThan(0);
  const { deliveries } = await stored(service.database, webhookId);
  const own = deliveries.filter((one) => one['customerId'] === customerId);
  expect(own.map((one) => one['version'])).toEqual([1, 2, 3]);
  while (await store.fanOut(tenantId));
  expect(await left()).toBe(0);
  expect((await stored(service.database, webhookId)).deliveries.length).toBe(3003);
});

test('one process at a time hands a tenant over, so that two can not pass each other', async () => {
  const webhookId = await make();
  const lock = await holdLock(service.database, 'SELECT 1 FROM webhook WHERE webhook_id = $1 FOR UPDATE', [
    webhookId,
  ]);
  await put([{ customerId: randomUUID(), version: 1, place: 0 }]);
  const handing = store.fanOut(tenantId);
  await lock.awaited();
  expect(await left()).toBe(1);
  await lock.release();
  await handing;
  expect(await left()).toBe(0);
});

test('an event whose transaction ends late is handed over like any other', async () => {
  const webhookId = await make();
  const [one, other] = [randomUUID(), randomUUID()];
  const late = await holdLock(
    service.database,
    `INSERT INTO outbox VALUES ($1, $2, $3, 1, 'customer.updated', '[]', now()) RETURNING 1`,
    [tenantId, uuidv7({ msecs: 1 }), one],
  );
  await put([{ customerId: other, version: 1, place: 0 }]);
  await store.fanOut(tenantId);
  await late.release();
  await store.fanOut(tenantId);
  const { deliveries } = await stored(service.database, webhookId);
  expect(deliveries.map((row) => row['customerId']).sort()).toEqual([one, other].sort());
});

test('several processes claim every event once, of each customer the oldest alone', async () => {
  const webhookId = await make();
  const customers = range(40).map(() => randomUUID());
  await put(
    customers.flatMap((customerId, n) =>
      range(3).map((m) => ({ customerId, version: m + 1, place: n * 3 + m })),
    ),
  );
  await store.fanOut(tenantId);
  const claims = (await Promise.all(range(8).map(() => store.claim(tenantId, webhookId, 16, 60_000)))).flat();
  expect(new Set(claims.map((one) => one.eventId)).size).toBe(claims.length);
  expect(new Set(claims.map((one) => one.customerId)).size).toBe(claims.length);
  expect(claims.every((one) => one.version === 1 && one.attempts === 1)).toBe(true);
  while ((await store.claim(tenantId, webhookId, 16, 60_000)).length > 0);
  const { deliveries } = await stored(service.database, webhookId);
  expect(deliveries.filter((one) => one['attempts'] === 1).length).toBe(customers.length);
});

test('whoever lost its lease ends nothing: the event belongs to the newer claim', async () => {
  const webhookId = await make();
  await put([{ customerId: randomUUID(), version: 1, place: 0 }]);
  await store.fanOut(tenantId);
  const [first] = await store.claim(tenantId, webhookId, 1, 0);
  const [second] = await store.claim(tenantId, webhookId, 1, 60_000);
  if (!first || !second) throw new Error('It was not claimed twice');
  await store.delivered(tenantId, webhookId, first);
  const failure = { reason: 'late', retryAfterSeconds: 0, gone: false };
  await store.failed(tenantId, webhookId, first, failure, 0);
  const [row] = (await stored(service.database, webhookId)).deliveries;
  expect(row).toMatchObject({ attempts: 2, later: true });
  const [lease] = await service.database.query(
    `SELECT due_at > now() + interval '50 seconds' AS held FROM webhook_delivery WHERE webhook_id = $1`,
    [webhookId],
  );
  expect(lease).toEqual({ held: true });
  await store.delivered(tenantId, webhookId, second);
  expect((await stored(service.database, webhookId)).deliveries).toEqual([]);
});

test('the next event of a customer is due when the former has ended, and also when it comes in just then', async () => {
  const webhookId = await make();
  const customerId = randomUUID();
  const ofWebhook = 'SELECT 1 FROM webhook WHERE webhook_id = $1';
  const claimOne = async () => {
    const [claimed, ...others] = await store.claim(tenantId, webhookId, 16, 60_000);
    expect(others).toEqual([]);
    return claimed;
  };
  await put([1, 2].map((version) => ({ customerId, version, place: version })));
  await store.fanOut(tenantId);
  const first = await claimOne();
  expect(await claimOne()).toBeUndefined();
  if (first) await store.delivered(tenantId, webhookId, first);
  const second = await claimOne();
  expect(second?.version).toBe(2);
  // The third is handed over while the second ends: whoever comes later waits for the other.
  const handing = await holdLock(service.database, `${ofWebhook} FOR UPDATE`, [webhookId]);
  await handing.query(
    `INSERT INTO webhook_delivery SELECT tenant_id, webhook_id, customer_id, 3, gen_random_uuid(), type, occurred_at, 0,
       NULL, 'infinity' FROM webhook_delivery WHERE webhook_id = $1`,
    [webhookId],
  );
  const ending = second && store.delivered(tenantId, webhookId, second);
  await handing.awaited();
  await handing.release();
  await ending;
  const third = await claimOne();
  expect(third?.version).toBe(3);
  const last = await holdLock(service.database, `${ofWebhook} FOR SHARE`, [webhookId]);
  await last.query('DELETE FROM webhook_delivery WHERE webhook_id = $1', [webhookId]);
  await put([{ customerId, version: 4, place: 4 }]);
  const fanOut = store.fanOut(tenantId);
  await last.awaited();
  await last.release();
  await fanOut;
  expect((await claimOne())?.version).toBe(4);
});

test('a webhook that fails is claimed one event at a time', async () => {
  const webhookId = await make();
  await put(range(5).map((place) => ({ customerId: randomUUID(), version: 1, place })));
  await store.fanOut(tenantId);
  const [first] = await store.claim(tenantId, webhookId, 1, 60_000);
  if (!first) throw new Error('Nothing was claimed');
  const failure = { reason: 'status 500', retryAfterSeconds: 0, gone: false };
  expect(await store.failed(tenantId, webhookId, first, failure, 0)).toBe('retried');
  expect(await store.claim(tenantId, webhookId, 16, 60_000)).toEqual([]);
  await dueNow(service.database, webhookId);
  expect(await store.claim(tenantId, webhookId, 16, 60_000, 1)).toEqual([]);
  const probe = await store.claim(tenantId, webhookId, 16, 60_000);
  expect(probe.length).toBe(1);
  await store.delivered(tenantId, webhookId, probe[0] as (typeof probe)[0]);
  expect((await store.claim(tenantId, webhookId, 16, 60_000)).length).toBe(4);
});

test('events that no webhook waits for are tidied when they are an hour old, others are not', async () => {
  const old = { customerId: randomUUID(), version: 1, place: 0, age: '61 minutes' };
  const young = { customerId: randomUUID(), version: 1, place: 1, age: '59 minutes' };
  await put([old, young]);
  await tidyTenant(service.app.database, tenantId);
  expect(await left()).toBe(1);
  await make();
  await put([{ ...old, version: 2 }]);
  await tidyTenant(service.app.database, tenantId);
  expect(await left()).toBe(2);
});

test('what was to be told to a webhook that was removed or has ended is tidied', async () => {
  const [removed, ended, live] = [await make(), await make(), await make()];
  await put([{ customerId: randomUUID(), version: 1, place: 0 }]);
  await store.fanOut(tenantId);
  await service.database.query('DELETE FROM webhook WHERE webhook_id = $1', [removed]);
  await service.database.query('UPDATE webhook SET ended_at = now() WHERE webhook_id = $1', [ended]);
  await tidyTenant(service.app.database, tenantId);
  const rows = await service.database.query(
    'SELECT webhook_id AS id FROM webhook_delivery WHERE tenant_id = $1',
    [tenantId],
  );
  expect(rows).toEqual([{ id: live }]);
});

test('neither an event nor a webhook of another tenant is ever seen', async () => {
  const webhookId = await make();
  const mine = tenantId;
  await put([{ customerId: randomUUID(), version: 1, place: 0 }]);
  tenantId = randomUUID();
  const foreign = await make();
  await put([{ customerId: randomUUID(), version: 1, place: 0 }]);
  await store.fanOut(mine);
  expect(await left()).toBe(1);
  expect((await stored(service.database, foreign)).deliveries).toEqual([]);
  expect((await stored(service.database, webhookId)).deliveries.length).toBe(1);
  expect(await store.claim(tenantId, webhookId, 1, 1000)).toEqual([]);
  expect((await store.live(tenantId)).map((one) => one.webhookId)).toEqual([foreign]);
});
