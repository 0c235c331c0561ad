import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { rotateTenantKey } from '../../src/storage/rotate-keys.ts';
import type { Client } from '../support/client.ts';
import { startService, type TestService } from '../support/service.ts';

/** Somebody who can write into the database, and has no key, makes a tenant look like one of before there were keys or chains. */
let service: TestService;
let client: Client & { tenantId: string };
let id: string;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());
beforeEach(async () => {
  client = await service.otherTenant();
  id = (await client.create({ name: 'Ada' }))['id'];
  await client.patch(id, { note: 'two' });
});

const run = (text: string, values: unknown[]) => service.database.query(text, values);
const plainRecord = Buffer.from('\u0000{"kind":"person","name":"Forged","protectionLevel":1}');
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
});

test('nor after a rotation of the tenant’s key', async () => {
  await rotateTenantKey(service.app.database, client.tenantId);
  await forgePlain();
  expect(await statuses()).toEqual([500, 500]);
});

test('a customer whose chain was taken away can’t be changed; a new one can be made', async () => {
  await run('DELETE FROM checkpoint WHERE tenant_id = $1', [client.tenantId]);
  await run('UPDATE history SET hash = NULL WHERE customer_id = $1', [id]);
  await run('UPDATE customer SET chain_head = NULL, chain_mac = NULL WHERE customer_id = $1', [id]);
  restarted();
  expect((await client.patch(id, { note: 'x' })).status).toBe(500);
  expect((await client.send('POST', '/v1/customers', { body: { name: 'Grace' } })).status).toBe(201);
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
