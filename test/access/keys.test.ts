import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { revokeKey } from '../../src/storage/api-keys.ts';
import type { Client } from '../support/client.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

const read = (client: Client) => client.get('/v1/customers?limit=1').then(({ status }) => status);

test('several keys live side by side, and revoking one leaves the other', async () => {
  const old = await service.withKey({ name: 'crm' });
  const next = await service.withKey({ name: 'crm' });
  expect([await read(old), await read(next)]).toEqual([200, 200]);
  const revoked = await service.app.database.inTenant(service.tenantId, (sql) =>
    revokeKey(sql, service.tenantId, old.keyId),
  );
  expect(revoked).toBe(true);
  await vi.waitUntil(async () => (await read(old)) === 401, { timeout: 5000, interval: 10 });
  expect(await read(next)).toBe(200);
});

test('a rotated key is the same principal: its history and its replays go on', async () => {
  const old = await service.withKey({ name: 'rotated' });
  const next = await service.withKey({ name: 'rotated' });
  const key = { 'idempotency-key': 'before-and-after-rotation' };
  const first = await old.send('POST', '/v1/customers', { body: { kind: 'person' }, headers: key });
  const again = await next.send('POST', '/v1/customers', { body: { kind: 'person' }, headers: key });
  expect(again.text).toBe(first.text);
  expect(again.headers.get('idempotency-replayed')).toBe('true');
  const history = await next.get(`/v1/customers/${first.body['id']}/history`);
  expect(history.body['entries'][0].principal).toBe('rotated');
});

test('a revocation takes effect within a second, for a key in constant use', async () => {
  const key = await service.withKey();
  expect(await read(key)).toBe(200);
  await service.app.database.inTenant(service.tenantId, (sql) => revokeKey(sql, service.tenantId, key.keyId));
  const revokedMs = performance.now();
  await vi.waitUntil(async () => (await read(key)) === 401, { timeout: 5000, interval: 5 });
  expect(performance.now() - revokedMs).toBeLessThan(1000);
  for (let more = 0; more < 20; more++) expect(await read(key)).toBe(401);
});

test('a key dies at its expiry, within a second, and one that never expires does not', async () => {
  const expiresAt = new Date(Date.now() + 1200);
  const key = await service.withKey({ expiresAt });
  const forever = await service.withKey();
  expect(await read(key)).toBe(200);
  await vi.waitUntil(async () => (await read(key)) === 401, { timeout: 5000, interval: 5 });
  const lateMs = Date.now() - expiresAt.getTime();
  expect(lateMs).toBeGreaterThanOrEqual(0);
  expect(lateMs).toBeLessThan(1000);
  expect(await read(forever)).toBe(200);
});

test('the database holds no secret of any key, in no table and no form', async () => {
  const key = await service.withKey({ name: 'searched-for' });
  const customer = await key.create({ kind: 'person' }, { 'idempotency-key': 'holds-no-secret' });
  await key.patch(customer['id'], { language: 'en' }, { prefer: 'respond-async' });
  await vi.waitUntil(
    async () => (await key.get(`/v1/customers/${customer['id']}`)).body['language'] === 'en',
  );
  const tables = await service.database.query<{ name: string }>(
    `SELECT c.oid::regclass::text AS name FROM pg_class c
     WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace`,
  );
  const random = key.secret.slice(38, 71);
  const forms = [
    key.secret,
    random,
    Buffer.from(key.secret).toString('hex'),
    Buffer.from(random).toString('hex'),
  ];
  let rows = 0;
  for (const { name } of tables) {
    for (const { row } of await service.database.query<{ row: string }>(
      `SELECT t::text AS row FROM ${name} t`,
    )) {
      rows += 1;
      for (const form of forms) expect(row.includes(form), name).toBe(false);
      expect(row.includes(Buffer.from(random).toString('base64'))).toBe(false);
    }
  }
  expect(rows).toBeGreaterThan(5);
  const [stored] = await service.database.query<{ hash: Buffer; prefix: string }>(
    'SELECT hash, prefix FROM api_key WHERE key_id = $1',
    [key.keyId],
  );
  expect(stored?.hash).toHaveLength(32);
  expect(key.secret.startsWith(`${stored?.prefix}_`)).toBe(true);
});

test('a key may be sent as a bearer token or as X-Api-Key, and nowhere else', async () => {
  const send = (headers: Record<string, string>, query = '') =>
    fetch(`${service.address}/v1/customers?limit=1${query}`, { headers }).then(({ status }) => status);
  expect(await send({ authorization: `Bearer ${service.secret}` })).toBe(200);
  expect(await send({ authorization: `bearer   ${service.secret}` })).toBe(200);
  expect(await send({ 'x-api-key': service.secret })).toBe(200);
  expect(await send({ authorization: service.secret })).toBe(401);
  expect(await send({ authorization: `Basic ${service.secret}` })).toBe(401);
  expect(await send({ cookie: `key=${service.secret}` })).toBe(401);
  expect(await send({}, `&api_key=${service.secret}`)).toBe(401);
});
