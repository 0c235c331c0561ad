import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { destroyDataKey, destroyDataKeyIn } from '../../src/storage/destroy-data-key.ts';
import { type AnotherProcess, startAnotherProcess } from '../support/another-process.ts';
import { fullCustomer } from '../support/full-customer.ts';
import { holdCustomer } from '../support/lock.ts';
import { ended, later } from '../support/requests.ts';
import { startService, type TestService } from '../support/service.ts';
import { tenantOf } from '../support/tenant-of.ts';

let service: TestService;
let other: AnotherProcess;
beforeAll(async () => {
  service = await startService();
  other = await startAnotherProcess(service);
});
afterAll(async () => {
  await other.process.end();
  await service.stop();
});

const destroy = async (id: string) => destroyDataKey(service.app.database, await tenantOf(service), id);
const lookupsOf = (id: string) =>
  service.database.query(
    'SELECT l.token FROM customer_lookup l JOIN customer c USING (tenant_id, number) WHERE c.customer_id = $1',
    [id],
  );
const typeOf = (code: string) => `urn:customary:problem:${code}`;

test('every call on a customer whose key was destroyed says that it was erased, in every process at once', async () => {
  const { id, number } = await service.create(fullCustomer());
  await service.patch(id, { note: 'x' });
  const accepted = await service.patch(id, { note: 'later' }, later);
  await ended(service, accepted);
  expect((await other.get(`/v1/customers/${id}`)).status).toBe(200);
  expect(await destroy(id)).toBe(true);
  for (const client of [service, other]) {
    const answers = await Promise.all([
      client.get(`/v1/customers/${id}`),
      client.get(`/v1/customers/${id}?asOf=1`),
      client.get(`/v1/customers/${id}/history`),
      client.patch(id, { note: 'y' }),
      client.patch(id, { note: 'y' }, later),
      client.put(id, { name: 'y' }),
      client.remove(id),
      client.send('POST', `/v1/customers/${id}/history/2/undo`),
      client.get(accepted.headers.get('location') as string),
    ]);
    expect(answers.map(({ status, body }) => [status, body['type']])).toEqual(
      answers.map(() => [410, typeOf('erased')]),
    );
    expect(answers.map(({ text }) => text).join()).not.toMatch(/Zpersonal|Zsecret|Zopen/);
    for (const query of ['name=Zpersonal', 'accountNumber=Zopen', `number=${number}`, '']) {
      expect((await client.get(`/v1/customers?${query}`)).text, query).not.toContain(id);
    }
  }
});

test('the reply that an idempotency key kept is gone, and the key makes no other customer', async () => {
  const key = { 'idempotency-key': uuidv7() };
  const { id } = await service.create({ name: 'Ada' }, key);
  const changed = { 'idempotency-key': uuidv7() };
  await service.patch(id, { note: 'x' }, changed);
  await destroy(id);
  const again = await service.send('POST', '/v1/customers', { body: { name: 'Ada' }, headers: key });
  expect([again.status, again.body['type']]).toEqual([410, typeOf('gone')]);
  expect((await service.patch(id, { note: 'x' }, changed)).body['type']).toBe(typeOf('gone'));
});

test('what is left is the number: no key, no token, and the number is never given again', async () => {
  const { id, number } = await service.create(fullCustomer());
  await destroy(id);
  const [row] = await service.database.query(
    `SELECT c.number, length(c.sealed) AS sealed, k.wrapped, k.destroyed_at IS NOT NULL AS destroyed,
       (SELECT count(*)::int FROM customer_lookup l WHERE l.number = c.number AND l.tenant_id = c.tenant_id) AS lookups,
       (SELECT count(*)::int FROM customer_unique u WHERE u.customer_id = c.customer_id) AS uniques
     FROM customer c JOIN customer_key k USING (tenant_id, customer_id) WHERE c.customer_id = $1`,
    [id],
  );
  expect(row).toEqual({
    number,
    sealed: 0,
    wrapped: null,
    destroyed: true,
    lookups: 0,
    uniques: 0,
  });
  expect((await service.create())['number']).toBeGreaterThan(number);
});

test('without any key, as a restore destroys it, the same is left', async () => {
  const { id } = await service.create(fullCustomer());
  const { tenantId } = service;
  const destroyed = await service.app.database.inTenant(tenantId, (sql) =>
    destroyDataKeyIn(sql, tenantId, id),
  );
  expect(destroyed).toBe(true);
  expect((await service.get(`/v1/customers/${id}`)).status).toBe(410);
  expect(await lookupsOf(id)).toEqual([]);
  expect(await service.database.query('SELECT 1 FROM customer_unique WHERE customer_id = $1', [id])).toEqual(
    [],
  );
});

test('a change that was decided before it is not saved after it', async () => {
  const { id } = await service.create({ name: 'Ada' });
  const lock = await holdCustomer(service.database, id);
  const destroying = destroy(id);
  await lock.awaited();
  const changing = service.patch(id, { name: 'Zlate', email: 'zlate@example.org' });
  await lock.awaited(2);
  await lock.release();
  expect(await destroying).toBe(true);
  expect((await changing).status).toBe(410);
  expect(await lookupsOf(id)).toEqual([]);
  const [left] = await service.database.query(
    'SELECT length(sealed) AS sealed FROM customer WHERE customer_id = $1',
    [id],
  );
  expect(left).toEqual({ sealed: 0 });
});

test('an accepted change that waits is never made, and ends', async () => {
  const { id } = await service.create({ name: 'Ada' });
  const lock = await holdCustomer(service.database, id);
  const accepted = await service.patch(id, { note: 'Zlate' }, later);
  const destroying = destroy(id);
  await lock.release();
  await destroying;
  expect(accepted.status).toBe(202);
  const open = () =>
    service.database.query(`SELECT 1 FROM request WHERE customer_id = $1 AND status = 'open'`, [id]);
  while ((await open()).length > 0);
  expect((await service.get(`/v1/customers/${id}`)).status).toBe(410);
});

test('it is done once: again it changes nothing, and of a customer that is not there it says so', async () => {
  const { id } = await service.create();
  await destroy(id);
  const stamp = () =>
    service.database.query('SELECT destroyed_at FROM customer_key WHERE customer_id = $1', [id]);
  const before = await stamp();
  expect(await destroy(id)).toBe(true);
  expect(await stamp()).toEqual(before);
  expect(await destroy(uuidv7())).toBe(false);
});
