import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { chainOld } from '../../src/storage/chain-old.ts';
import { makeCheckpoints } from '../../src/storage/checkpoints.ts';
import { confirmWhole } from '../../src/storage/confirm-whole.ts';
import type { Database } from '../../src/storage/database.ts';
import { rotateTenantKey } from '../../src/storage/rotate-keys.ts';
import { sealOld } from '../../src/storage/seal-old.ts';
import { verifyHistory } from '../../src/storage/verify-history.ts';
import type { Client } from '../support/client.ts';
import { makeOfBefore } from '../support/of-before.ts';
import { openAsOwner } from '../support/owner.ts';
import { startService, type TestService } from '../support/service.ts';

/** Somebody who can write into the database, and has no key, makes a tenant look like one of before there were keys or chains. */
let service: TestService;
let client: Client & { tenantId: string };
let id: string;
let owner: Database;
beforeAll(async () => {
  service = await startService();
  owner = openAsOwner(service);
});
afterAll(async () => {
  await owner.close();
  await service.stop();
});
beforeEach(async () => {
  client = await service.otherTenant();
  id = (await client.create({ name: 'Ada' }))['id'];
  await client.patch(id, { note: 'two' });
});

const run = (text: string, values: unknown[]) => service.database.query(text, values);
const plainRecord = Buffer.from('\u0000{"kind":"person","name":"Forged","protectionLevel":1}');
const verify = () => verifyHistory(service.app.database, client.tenantId);
const rules = async () => (await verify()).findings.map(({ rule }) => rule);
/** What `customary keys seal` does. */
const keysSeal = async () => [
  await sealOld(owner, client.tenantId),
  await chainOld(owner, client.tenantId),
  await confirmWhole(owner, client.tenantId),
];
const unchain = async () => {
  await run('DELETE FROM checkpoint WHERE tenant_id = $1', [client.tenantId]);
  await run(`UPDATE history SET principal = 'innocent', hash = NULL WHERE customer_id = $1`, [id]);
  await run('UPDATE customer SET chain_head = NULL, chain_mac = NULL WHERE customer_id = $1', [id]);
  restarted();
};
/** What a process that starts now does. */
const restarted = () => service.app.database.keyring.forget(client.tenantId);

const forgePlain = async () => {
  await run('UPDATE tenant_state SET sealed_only = false WHERE tenant_id = $1', [client.tenantId]);
  await run('UPDATE customer SET sealed = $2 WHERE customer_id = $1', [id, plainRecord]);
  await run('DELETE FROM customer_key WHERE customer_id = $1', [id]);
  restarted();
};
const statuses = async () => [
  (await client.get(`/v1/customers/${id}`)).status,
  (await client.patch(id, { note: 'x' })).status,
];

test('a plain record is not believed, whatever the row of the tenant says', async () => {
  await forgePlain();
  expect(await statuses()).toEqual([500, 500]);
  expect(await rules()).toEqual(['state', 'unsealed']);
  // Nobody has it sealed for him.
  expect(await keysSeal()).toEqual([0, 0, false]);
  expect(await rules()).toEqual(['state', 'unsealed']);
});

test('nor after a rotation of the tenant’s key', async () => {
  await rotateTenantKey(service.app.database, client.tenantId);
  await forgePlain();
  expect(await statuses()).toEqual([500, 500]);
});

test('a customer whose chain was taken away can’t be changed; a new one can be made', async () => {
  await unchain();
  expect((await client.patch(id, { note: 'x' })).status).toBe(500);
  expect((await client.send('POST', '/v1/customers', { body: { name: 'Grace' } })).status).toBe(201);
});

test('a history that was changed and unchained is found, and nobody has it chained for him', async () => {
  expect(await rules()).toEqual([]);
  await run('DELETE FROM history WHERE customer_id = $1 AND version = 1', [id]);
  await unchain();
  expect(await rules()).toEqual(expect.arrayContaining(['unchained']));
  const before = await run('SELECT * FROM history WHERE customer_id = $1', [id]);
  expect(await keysSeal()).toEqual([0, 0, false]);
  expect(await run('SELECT * FROM history WHERE customer_id = $1', [id])).toEqual(before);
  expect(await run('SELECT 1 FROM checkpoint WHERE tenant_id = $1', [client.tenantId])).toEqual([]);
});

test('a tenant of an earlier version is confirmed when it verifies, which running services heed', async () => {
  await makeOfBefore(client.tenantId, service);
  expect(await verify()).toMatchObject({ whole: false, found: 0, unproven: 0 });
  expect(await keysSeal()).toEqual([0, 0, true]);
  expect(await keysSeal(), 'again').toEqual([0, 0, false]);
  await vi.waitUntil(async () => (await verify()).whole, 5000);
  expect(await verify()).toMatchObject({ whole: true, found: 0 });
  expect(await statuses()).toEqual([200, 200]);
  expect(await makeCheckpoints(service.app.database, client.tenantId)).toHaveLength(1);
  await rotateTenantKey(service.app.database, client.tenantId);
  expect(await verify()).toMatchObject({ whole: true, found: 0, checkpoints: 2 });
  await forgePlain();
  expect(await statuses()).toEqual([500, 500]);
});

test('what such a tenant has unchained is chained as it lies there, and proven from then on', async () => {
  await makeOfBefore(client.tenantId, service);
  await unchain();
  expect(await verify()).toMatchObject({ found: 0, unproven: 2 });
  expect(await keysSeal()).toEqual([0, 1, true]);
  restarted();
  expect(await verify()).toMatchObject({ found: 0, unproven: 0, whole: true });
});

const broken: [string, string][] = [
  ['an entry was changed', `UPDATE history SET principal = 'x' WHERE customer_id = $1 AND version = 1`],
  [
    'a chain was taken away',
    'UPDATE customer SET chain_head = NULL, chain_mac = NULL WHERE customer_id = $1',
  ],
  ['a record lies plain', `UPDATE customer SET sealed = '\\x007b7d' WHERE customer_id = $1`],
];
test.each(broken)('an earlier version’s tenant is not confirmed where %s', async (_name, tamper) => {
  await makeOfBefore(client.tenantId, service);
  await run(tamper, [id]);
  await expect(keysSeal()).rejects.toThrow(/not confirmed/);
  restarted();
  expect(await verify()).toMatchObject({ whole: false });
});

test.each(['chain', 'signing', 'lookup'])('the secret %s is never made again', async (purpose) => {
  const [kept] = await run('DELETE FROM tenant_secret WHERE tenant_id = $1 AND purpose = $2 RETURNING *', [
    client.tenantId,
    purpose,
  ]);
  restarted();
  expect(await statuses()).toEqual([500, 500]);
  await run('INSERT INTO tenant_secret VALUES ($1, $2, $3, $4)', Object.values(kept!));
  restarted();
  expect(await statuses()).toEqual([200, 200]);
});

test('nor does a tenant with a key take the secret that lies open beside it', async () => {
  // The first generation is gone, and would be free to be made.
  await rotateTenantKey(service.app.database, client.tenantId);
  await run('DELETE FROM tenant_secret WHERE tenant_id = $1', [client.tenantId]);
  await run('UPDATE tenant_state SET secret = $2 WHERE tenant_id = $1', [
    client.tenantId,
    Buffer.alloc(32, 1),
  ]);
  restarted();
  await expect(service.app.database.keyring.with(client.tenantId, async () => {})).rejects.toThrow();
  expect(await run('SELECT generation FROM tenant_key WHERE tenant_id = $1', [client.tenantId])).toEqual([
    { generation: 2 },
  ]);
});
