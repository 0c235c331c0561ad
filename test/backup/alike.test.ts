import { randomUUID } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeDemo } from '../../src/cli/demo.ts';
import { contracts } from '../../src/contracts/all.ts';
import { certificateType } from '../../src/jobs/carry-out-erasure.ts';
import { verifyJws } from '../../src/privacy/signing-key.ts';
import { writeBackup } from '../../src/storage/backup/write-backup.ts';
import { destroyDataKey } from '../../src/storage/destroy-data-key.ts';
import { signingKeyOf } from '../../src/storage/signing-keys.ts';
import { verifyHistory } from '../../src/storage/verify-history.ts';
import type { ExampleCall, Target } from '../access/example-call.ts';
import { routeExamples } from '../access/example-calls.ts';
import { makeCall, makeTarget } from '../access/targets.ts';
import { callerOf } from '../support/caller.ts';
import { type Answer, type Client, createClient } from '../support/client.ts';
import { erasureOf, schedule } from '../support/erasures.ts';
import { fullCustomer, marks } from '../support/full-customer.ts';
import { unpairedChanges } from '../support/rows.ts';
import { startService, type TestService } from '../support/service.ts';
import { tenantOf } from '../support/tenant-of.ts';
import { until } from '../support/webhooks.ts';
import { backupDirectory, contentOf, entryOf, restored } from './restored.ts';

const directory = await backupDirectory();
let service: TestService;
let demo: Client;
let target: Target;
beforeAll(async () => {
  let key = '';
  service = await startService({
    async prepare(database, door) {
      key = (await makeDemo(database, door))?.key ?? '';
    },
  });
  demo = createClient(service.app.address, key, 'demo');
  target = await makeTarget(demo);
});
afterAll(() => service.stop());

const backUp = async (name: string) => {
  const path = join(directory, name);
  return { path, summary: await writeBackup({ connectionString: service.database.url }, path) };
};

/** Runs `work` with a service on what was restored; the keys of its callers are those of the original. */
const withRestored = async (
  path: string,
  options: Parameters<typeof restored>[1],
  work: (other: TestService) => Promise<void>,
): Promise<void> => {
  const { database } = await restored(path, options);
  const other = await startService({ database });
  await work(other).finally(async () => {
    await other.stop();
    await database.drop();
  });
};

const on = (other: TestService, { secret, tenantName }: Client): Client =>
  createClient(other.app.address, secret, tenantName);

/** Every read of every contract that names the customer or a list. */
const readsOf = async (of: Target, client: Client): Promise<ExampleCall[]> => {
  const examples = contracts.flatMap(({ id, routes }) =>
    routes.map((route) => routeExamples[`${id}.${route.id}`]),
  );
  const calls = examples.flatMap((example) => [
    ...(example?.naming(of) ?? []),
    ...(example?.allowed.map(({ call }) => call(of, callerOf(client))) ?? []),
  ]);
  return (await Promise.all(calls)).filter(({ method }) => method === 'GET');
};

/** All of an answer but its own moment, and its service's address. */
const whole = ({ address }: Client, { status, headers, text }: Answer): string =>
  JSON.stringify([status, [...headers].filter(([name]) => !/^(date|content-length)$/.test(name)), text])
    .replaceAll(address, '')
    .replace(/exportedAt[^,]*/, '');

test('restored and original answer every read of every contract alike, byte for byte', async () => {
  const { id: parentId } = await demo.create(fullCustomer());
  const child = await demo.create({ name: 'Below', parentId });
  await demo.remove(child['id']);
  const gone = await demo.create({ name: 'Erased' });
  await destroyDataKey(service.app.database, await tenantOf(service, callerOf(demo).tenantId), gone['id']);
  const all = '/v1/customers?limit=500';
  const listed = (await demo.get(all)).body['customers'] as { id: string }[];
  expect(listed.length).toBeGreaterThan(50);
  const paths = [...listed.map(({ id }) => id), child['id'], gone['id']].map(
    (id) => `/v1/customers/${id}/history`,
  );
  const calls = [
    ...(await readsOf(target, demo)),
    ...[...paths, all].map((path) => ({ method: 'GET', path })),
  ];
  expect(calls.length).toBeGreaterThan(100);
  // What is read at protection level 3 is told by later reads of the accesses: those come first.
  calls.sort((a, b) => Number(b.path.includes('/accesses')) - Number(a.path.includes('/accesses')));
  const { path } = await backUp('alike');
  await withRestored(path, {}, async (other) => {
    const there = on(other, demo);
    const accesses = calls.filter(({ path: of }) => of.includes('/accesses')).length;
    for (let some = calls.splice(0, accesses); some.length > 0; some = calls.splice(0, 30)) {
      const compared = some.map(async (call) => {
        const [before, after] = await Promise.all([makeCall(demo, call), makeCall(there, call)]);
        expect(whole(there, after), call.path).toBe(whole(demo, before));
      });
      await Promise.all(compared);
    }
    expect(calls).toEqual([]);
    expect((await there.create({ name: 'New' }))['number']).toBe(
      (await demo.create({ name: 'New' }))['number'],
    );
  });
});

test('a backup that is made while changes go on shows one moment of all tables', async () => {
  const made: string[] = [];
  const change = async () => {
    const { id } = await service.create({ name: 'Ada' });
    await service.patch(id, { name: 'Grace' });
    made.push(id);
  };
  for (let count = 0; count < 10; count += 1) await change();
  // Held between the customers and their history, which the backup reads one after the other.
  const holder = new pg.Client({ connectionString: service.database.url });
  await holder.connect();
  await holder.query('BEGIN; LOCK TABLE erasure IN ACCESS EXCLUSIVE MODE');
  const backing = backUp('busy');
  await until(async () => {
    const waiting = `SELECT 1 FROM pg_stat_activity WHERE application_name = 'customary backup'
      AND wait_event_type = 'Lock' AND datname = current_database()`;
    return (await service.database.query(waiting)).length === 1;
  });
  for (let count = 0; count < 5; count += 1) await change();
  await service.patch(made[0] as string, { name: 'Later' });
  await holder.end();
  const { path } = await backing;
  const { database } = await restored(path, { keepWaiting: true });
  const { tenantId } = service;
  expect(await unpairedChanges(database, tenantId)).toEqual([]);
  const [sums] = await database.query<Record<string, number>>(
    `SELECT s.last_number - 1000 AS numbers, (SELECT count(*)::int FROM customer WHERE tenant_id = $1) AS customers,
       (SELECT count(*)::int FROM customer_key WHERE tenant_id = $1) AS keys
     FROM tenant_state s WHERE tenant_id = $1`,
    [tenantId],
  );
  expect([sums?.['customers'], made.length]).toEqual([10, 15]);
  expect(sums).toEqual({
    numbers: sums?.['customers'],
    customers: sums?.['customers'],
    keys: sums?.['customers'],
  });
  await database.drop();
});

test('who was erased after the backup is erased in what is restored with the ledger, and read by no call', async () => {
  const victim = await makeTarget(demo, 'zcanary');
  const { tenantId } = callerOf(demo);
  const canaries = JSON.stringify(fullCustomer()).replaceAll(/Zopen|Zpersonal|Zsecret/g, 'zcanary');
  expect((await demo.patch(victim.customerId, JSON.parse(canaries))).status).toBe(200);
  const child = await demo.create({ name: 'Below', parentId: victim.customerId });
  // A creation that was accepted, and that no moment lasts long enough to be caught before it is made.
  const accepted = randomUUID();
  await service.database.query(`INSERT INTO customer_key VALUES ($1, $2, 1, 'key', NULL)`, [
    tenantId,
    accepted,
  ]);
  await service.withKey({ tenantId, customerId: victim.customerId });
  const scheduled = await demo.create({ name: 'zcanary' });
  expect((await schedule(demo, scheduled['id'])).status).toBe(201);
  const { path } = await backUp('before-erasure');
  const ledger = [
    entryOf(tenantId, victim.customerId),
    entryOf(tenantId, accepted),
    entryOf(tenantId, scheduled['id']),
  ];
  const reads = await readsOf(victim, demo);
  // Without the ledger it would all be there.
  const before = await Promise.all(reads.map((call) => makeCall(demo, call)));
  expect(before.filter(({ text }) => text.includes('zcanary')).length).toBeGreaterThan(20);
  await withRestored(path, { ledger, keepWaiting: true }, async (other) => {
    const there = on(other, demo);
    for (const call of reads) {
      const { status, text } = await makeCall(there, call);
      expect(text, call.path).not.toMatch(/zcanary/);
      if (/\/customers\/[^/?]*$/.test(call.path)) expect(status, call.path).toBe(410);
    }
    expect((await there.patch(child['id'], { note: 'x' })).status).toBe(200);
    // What was scheduled is completed at once, as of the time when it was carried out.
    const erasure = async () => (await there.get(erasureOf(scheduled['id']))).body;
    await until(async () => (await erasure())['status'] === 'completed');
    expect((await erasure())['erasedAt']).toBe(ledger[2]?.erasedAt);
    const left = await other.database.query(
      `SELECT 1 FROM customer_key WHERE wrapped IS NOT NULL AND customer_id = ANY($1)
       UNION ALL SELECT 1 FROM customer_unique WHERE customer_id = ANY($1)
       UNION ALL SELECT 1 FROM customer_lookup JOIN customer USING (tenant_id, number) WHERE customer_id = ANY($1)
       UNION ALL SELECT 1 FROM outbox WHERE customer_id = ANY($1) AND type <> 'customer.erased'
       UNION ALL SELECT 1 FROM api_key WHERE customer_id = ANY($1) AND revoked_at IS NULL`,
      [[victim.customerId, accepted]],
    );
    expect(left).toEqual([]);
    const indexes = `SELECT indexname FROM pg_indexes WHERE tablename = 'customer_lookup' ORDER BY 1`;
    expect(await other.database.query(indexes)).toEqual(await service.database.query(indexes));
  });
});

test('an erasure of after the backup has its certificate again, and who was below is sound on its own', async () => {
  const { tenantId } = callerOf(demo);
  const reason = { 'customary-reason': 'Why' };
  const { id: parent, number } = await demo.create({ name: 'Parent' });
  const [moved, restricted] = [
    await demo.create({ name: 'Moved', parentId: parent, note: 'stays' }),
    await demo.create({ name: 'Restricted', parentId: parent, protectionLevel: 4 }, reason),
  ];
  const { path } = await backUp('before-its-erasure');
  const entry = entryOf(tenantId, parent, number);
  await withRestored(path, { ledger: [entry] }, async (other) => {
    const there = on(other, demo);
    const erasure = async () => (await there.get(erasureOf(parent))).body;
    await until(async () => (await erasure())['status'] === 'completed');
    const { certificate, ...erased } = await erasure();
    expect(erased).toMatchObject({ requestedBy: 'restore', erasedAt: entry.erasedAt, number });
    const { publicJwk } = await signingKeyOf(other.app.database, tenantId);
    expect(verifyJws(certificate, [publicJwk], certificateType)).toMatchObject({
      ...{ customerId: parent, number, erasedAt: entry.erasedAt, requestedAt: null, windowWaived: null },
    });
    for (const { id, number: own } of [moved, restricted]) {
      expect((await there.get(`/v1/customers/${id}`)).body).not.toHaveProperty('parentId');
      const [newest] = (await there.get(`/v1/customers/${id}/history`)).body['entries'];
      expect(newest).toMatchObject({ version: 2, principal: 'restore', contract: 'service' });
      expect(newest['changes']).toMatchObject([{ path: '/parentId', before: parent }]);
      const roots = await there.get(`/v1/customers?parentId=none&number=${own}`);
      expect(roots.body['customers']).toHaveLength(1);
    }
    expect((await there.remove(moved['id'])).status).toBe(204);
    const undo = await there.send('POST', `/v1/customers/${moved['id']}/history/3/undo`);
    expect(undo.body).toMatchObject({ note: 'stays' });
    expect((await verifyHistory(other.app.database, tenantId)).findings).toEqual([]);
  });
});

test('a backup holds no personal value, lies open to its owner alone, and takes no other file’s place', async () => {
  await demo.create(fullCustomer({ note: 'Zpersonal' }));
  const { path, summary } = await backUp('sealed');
  const content = await contentOf(path);
  expect(content.includes('native')).toBe(true);
  expect([marks.open, marks.personal, marks.secret].filter((mark) => content.includes(mark))).toEqual([]);
  const file = await stat(path);
  expect([file.mode & 0o777, file.size]).toEqual([0o600, summary.bytes]);
  const before = await readFile(path);
  await expect(backUp('sealed')).rejects.toThrow(/There is a file .*sealed already/);
  expect((await readFile(path)).equals(before)).toBe(true);
});
