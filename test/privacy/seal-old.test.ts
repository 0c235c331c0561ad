import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { destroyDataKey } from '../../src/storage/destroy-data-key.ts';
import { sealOld } from '../../src/storage/seal-old.ts';
import { createClient } from '../support/client.ts';
import { fullCustomer } from '../support/full-customer.ts';
import { openAsOwner } from '../support/owner.ts';
import { startService, type TestService } from '../support/service.ts';
import { tenantOf } from '../support/tenant-of.ts';

/** A database of before there were keys: its service wrote the plain form. */
let old: TestService;
let service: TestService;
let untouched: string;
let changed: string;
beforeAll(async () => {
  old = await startService({ settings: { SEALING: 'off-for-a-benchmark' } });
  untouched = (await old.create(fullCustomer()))['id'];
  changed = (await old.create(fullCustomer()))['id'];
  await old.patch(changed, { note: 'Zpersonal two' });
  await old.database.query('DELETE FROM customer_key');
  service = await startService({ database: old.database });
});
afterAll(async () => {
  await service.stop();
  await old.stop();
});

const client = () => createClient(service.address, old.secret);
const plain = () =>
  old.database.query(
    `SELECT 1 FROM customer WHERE encode(sealed, 'escape') LIKE '%Zpersonal%'
     UNION ALL SELECT 1 FROM history WHERE encode(sealed, 'escape') || encode(COALESCE(snapshot, ''), 'escape') LIKE '%Zpersonal%'`,
  );
const answers = async () =>
  Promise.all(
    [untouched, changed].flatMap((id) =>
      ['', '?asOf=1', '/history'].map(
        async (path) => (await client().get(`/v1/customers/${id}${path}`)).body,
      ),
    ),
  );

test('what was stored before there were keys is read as it was, and sealed with its next change', async () => {
  expect(await plain()).not.toEqual([]);
  expect((await client().get(`/v1/customers/${untouched}`)).body['name']).toBe('Zpersonal');
  expect((await client().patch(changed, { note: 'Zpersonal three' })).status).toBe(200);
  const [row] = await old.database.query(
    `SELECT substring(sealed FROM 1 FOR 1) = '\\x01' AS sealed, EXISTS (SELECT 1 FROM customer_key k
       WHERE k.customer_id = c.customer_id) AS key FROM customer c WHERE customer_id = $1`,
    [changed],
  );
  expect(row).toEqual({ sealed: true, key: true });
});

test('nobody is told erased whose values would stay readable', async () => {
  const tenant = await tenantOf(service, old.tenantId);
  await expect(destroyDataKey(service.app.database, tenant, untouched)).rejects.toThrow(/keys seal/);
});

test('sealing what is old leaves nothing plain, changes no answer, and can be called again', async () => {
  const before = await answers();
  const owner = openAsOwner(service);
  expect(await sealOld(owner, old.tenantId)).toBe(2);
  expect(await sealOld(owner, old.tenantId)).toBe(0);
  await owner.close();
  expect(await plain()).toEqual([]);
  expect(await answers()).toEqual(before);
  const tenant = await tenantOf(service, old.tenantId);
  expect(await destroyDataKey(service.app.database, tenant, untouched)).toBe(true);
  expect((await client().get(`/v1/customers/${untouched}`)).status).toBe(410);
});

test('from then on a running service takes nothing plain, within a second', async () => {
  await old.database.query(
    `UPDATE customer SET sealed = '\\x00'::bytea || convert_to('{"name":"forged"}', 'UTF8') WHERE customer_id = $1`,
    [changed],
  );
  const began = performance.now();
  await vi.waitUntil(async () => (await client().get(`/v1/customers/${changed}`)).status === 500, 5000);
  expect(performance.now() - began).toBeLessThan(1500);
});
