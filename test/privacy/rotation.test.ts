import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { destroyDataKey } from '../../src/storage/destroy-data-key.ts';
import { type OnStep, rewrapTenantKeys, rotateTenantKey } from '../../src/storage/rotate-keys.ts';
import { readTenantKeys } from '../../src/storage/tenant-keys.ts';
import { type AnotherProcess, startAnotherProcess } from '../support/another-process.ts';
import { range } from '../support/answers.ts';
import type { Client } from '../support/client.ts';
import { unpairedChanges } from '../support/rows.ts';
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

const rotate = (tenantId = service.tenantId, onStep?: OnStep) =>
  rotateTenantKey(service.app.database, tenantId, onStep);

/** The generations that wrap anything of a tenant, and those that are kept. */
const generations = async (tenantId: string) => {
  const [row] = await service.database.query<{ kept: number[]; used: number[] }>(
    `SELECT ARRAY(SELECT generation FROM tenant_key WHERE tenant_id = $1 ORDER BY 1) AS kept,
       ARRAY(SELECT generation FROM customer_key WHERE tenant_id = $1 AND wrapped IS NOT NULL
         UNION SELECT generation FROM tenant_secret WHERE tenant_id = $1 ORDER BY 1) AS used`,
    [tenantId],
  );
  return row;
};

test('under load in two processes nothing is lost, and afterwards nothing is wrapped by an older key', async () => {
  const seeds = await Promise.all(range(30).map((n) => service.create({ name: `Seed ${n}` })));
  const names = new Map<string, string>(seeds.map((one) => [one['id'], one['name']]));
  const failures: number[] = [];
  let rotating = true;
  const load = async (client: Client, worker: number) => {
    for (let n = 0; rotating; n++) {
      const name = `Worker ${worker} ${n}`;
      const made = await client.send('POST', '/v1/customers', { body: { name } });
      if (made.status !== 201) failures.push(made.status);
      else names.set(made.body['id'], name);
      const seed = seeds[(worker * 5 + n) % seeds.length]!['id'];
      const patched = await client.patch(seed, { note: name });
      if (patched.status !== 200) failures.push(patched.status);
      const read = await client.get(`/v1/customers/${seed}`);
      if (read.status !== 200) failures.push(read.status);
    }
  };
  const workers = range(6).map((worker) => load(worker % 2 ? service : other, worker));
  for (const _ of range(4)) await rotate();
  rotating = false;
  await Promise.all(workers);
  // What a process that had not heard of it yet wrapped meanwhile was wrapped anew, or not taken.
  await rotate();
  expect(failures).toEqual([]);
  const { kept, used } = (await generations(service.tenantId))!;
  expect(kept).toHaveLength(1);
  expect(used).toEqual(kept);
  for (const client of [service, other]) {
    for (const [id, name] of names) {
      expect((await client.get(`/v1/customers/${id}`)).body['name']).toBe(name);
    }
  }
  expect((await other.get('/v1/customers?name=seed')).body['customers']).toHaveLength(30);
  expect(await unpairedChanges(service.database, service.tenantId)).toEqual([]);
});

describe('a rotation that is cut off', () => {
  const steps: Parameters<OnStep>[0][] = ['begin', 'wrap', 'retired', 'secrets', 'batch', 'read', 'delete'];
  test.each(steps)(
    'at the step %s is finished by the next one, and nothing is unreadable meanwhile',
    async (at) => {
      const client = await service.otherTenant();
      const made = await client.create({ name: 'Before' });
      const before = (await generations(client.tenantId))!;
      const cut = rotate(client.tenantId, (step) => {
        if (step === at) throw new Error('cut off');
      });
      await expect(cut).rejects.toThrow('cut off');
      // As a process that starts now would see it.
      service.app.database.keyring.forget(client.tenantId);
      expect((await client.get(`/v1/customers/${made['id']}`)).body['name']).toBe('Before');
      const between = await client.create({ name: 'Between' });
      await rotate(client.tenantId);
      const { kept, used } = (await generations(client.tenantId))!;
      expect([kept, used]).toEqual([[before.kept[0]! + 1], [before.kept[0]! + 1]]);
      for (const one of [made, between]) {
        expect((await client.get(`/v1/customers/${one['id']}`)).body['name']).toBe(one['name']);
      }
    },
  );
});

test('two rotations at once do the work of one or two, and leave one key', async () => {
  const client = await service.otherTenant();
  const { id } = await client.create({ name: 'Ada' });
  await Promise.all([rotate(client.tenantId), rotate(client.tenantId)]);
  await rotate(client.tenantId);
  const { kept, used } = (await generations(client.tenantId))!;
  expect([kept.length, used]).toEqual([1, kept]);
  expect((await client.get(`/v1/customers/${id}`)).body['name']).toBe('Ada');
});

test('a key that is destroyed in the middle of a rotation stays destroyed', async () => {
  const client = await service.otherTenant();
  const { id } = await client.create({ name: 'Ada' });
  const tenant = await tenantOf(service, client.tenantId);
  let destroyed = false;
  await rotate(client.tenantId, async (step) => {
    // The key was read to be wrapped anew, and is not written yet.
    if (step === 'read' && !destroyed) destroyed = await destroyDataKey(service.app.database, tenant, id);
  });
  expect(destroyed).toBe(true);
  expect((await client.get(`/v1/customers/${id}`)).status).toBe(410);
  const [row] = await service.database.query('SELECT wrapped FROM customer_key WHERE customer_id = $1', [id]);
  expect(row).toEqual({ wrapped: null });
});

test('a key that can not be opened keeps the generation that wrapped it, and no rotation from its work', async () => {
  const client = await service.otherTenant();
  const { id } = await client.create({ name: 'Ada' });
  await client.create({ name: 'Grace' });
  const flip = () =>
    service.database.query(
      'UPDATE customer_key SET wrapped = set_bit(wrapped, 200, 1 - get_bit(wrapped, 200)) WHERE customer_id = $1',
      [id],
    );
  await flip();
  expect(await rotate(client.tenantId)).toMatchObject({ generation: 2, rewrapped: 1, deleted: [] });
  expect(await rotate(client.tenantId)).toMatchObject({ generation: 3, rewrapped: 1, deleted: [2] });
  await flip();
  expect((await client.get(`/v1/customers/${id}`)).body['name'], 'mended').toBe('Ada');
  expect(await rotate(client.tenantId)).toMatchObject({ resumed: true, generation: 3, deleted: [1] });
});

test('a process that has not heard of the new generation makes no key with the old one', async () => {
  const client = await service.otherTenant();
  const there = { ...other, ...{ tenantId: client.tenantId } };
  const elsewhere = await import('../support/client.ts').then(({ createClient }) =>
    createClient(there.address, client.secret),
  );
  await elsewhere.create({ name: 'Warm' });
  await rotate(client.tenantId);
  const { id } = await elsewhere.create({ name: 'After' });
  const { kept } = (await generations(client.tenantId))!;
  const [row] = await service.database.query('SELECT generation FROM customer_key WHERE customer_id = $1', [
    id,
  ]);
  expect(row).toEqual({ generation: kept[0] });
});

test('the source’s key can be changed: every tenant key is wrapped by the new one, and nothing else is touched', async () => {
  const [oldKey, newKey] = [1, 2].map((fill) => Buffer.alloc(32, fill).toString('base64')) as [
    string,
    string,
  ];
  const first = await startService({ settings: { SOURCE_KEY: oldKey } });
  const { id } = await first.create({ name: 'Ada' });
  const second = await startService({
    database: first.database,
    settings: { SOURCE_KEY: `${newKey},${oldKey}` },
  });
  const keys = (tenantId: string) =>
    second.app.database.inTenant(tenantId, (sql) => readTenantKeys(sql, tenantId));
  const before = await keys(first.tenantId);
  expect(await rewrapTenantKeys(second.app.database, first.tenantId)).toBe(1);
  expect(await rewrapTenantKeys(second.app.database, first.tenantId), 'again').toBe(0);
  await rewrapTenantKeys(second.app.database, second.tenantId);
  expect((await keys(first.tenantId))[0]?.source).not.toBe(before[0]?.source);
  expect((await first.get(`/v1/customers/${id}`)).body['name'], 'the one that runs on').toBe('Ada');
  await second.stop();
  const third = await startService({ database: first.database, settings: { SOURCE_KEY: newKey } });
  const read = await third.app.door.store.readCustomers(await tenantOf(third, first.tenantId), [id]);
  expect(typeof read[0]?.dataKey).toBe('object');
  await third.stop();
  await first.stop();
});
