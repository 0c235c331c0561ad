import type { KeyObject } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SecretBytes } from '../../src/privacy/data-key.ts';
import { destroyDataKey } from '../../src/storage/destroy-data-key.ts';
import { createStore } from '../../src/storage/store.ts';
import { fullCustomer } from '../support/full-customer.ts';
import { startService, type TestService } from '../support/service.ts';
import { tenantOf } from '../support/tenant-of.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

const stored = async (id: string) => {
  const store = createStore(service.app.database, { erasureWindowDays: 30 });
  const [row] = await store.readCustomers(await tenantOf(service), [id]);
  return row;
};
const recentKey = (id: string): Promise<Buffer | undefined> =>
  service.app.database.keyring.with(service.tenantId, async (keys) => bytesOf(keys.recentKey(id)));
const bytesOf = (key: unknown): Buffer | undefined => (key as KeyObject | SecretBytes | undefined)?.export();

test('a key that was unwrapped of late is not looked for again, and opens the same', async () => {
  const { id } = await service.create(fullCustomer());
  const before = await service.get(`/v1/customers/${id}`);
  expect(await recentKey(id)).toBeDefined();
  // Nothing reads the row of the key now, or it would find one that is none.
  await service.database.query(`UPDATE customer_key SET wrapped = '\\x00' WHERE customer_id = $1`, [id]);
  expect((await service.get(`/v1/customers/${id}`)).text).toBe(before.text);
  expect((await service.patch(id, { note: 'changed with it' })).status).toBe(200);
  expect((await service.get(`/v1/customers/${id}`)).body['note']).toBe('changed with it');
});

test('of many customers each is opened with its own key, those that are at hand and those that are not', async () => {
  const ids = await Promise.all(
    Array.from(
      { length: 12 },
      async (_, n) => (await service.create({ ...fullCustomer(), note: `${n}` }))['id'],
    ),
  );
  await Promise.all(ids.slice(0, 6).map((id) => service.get(`/v1/customers/${id}`)));
  const answers = await Promise.all(ids.map((id) => service.get(`/v1/customers/${id}`)));
  expect(answers.map(({ body }) => body['note'])).toEqual(ids.map((_, n) => `${n}`));
});

test('the key of a customer who was erased is given to nobody, however lately it was used', async () => {
  const { id } = await service.create(fullCustomer());
  await service.get(`/v1/customers/${id}`);
  expect(await recentKey(id)).toBeDefined();
  expect(bytesOf((await stored(id))?.dataKey)).toEqual(await recentKey(id));
  await destroyDataKey(service.app.database, await tenantOf(service), id);
  expect(await recentKey(id), 'it is still in memory').toBeDefined();
  expect((await stored(id))?.dataKey).toBe('destroyed');
});
