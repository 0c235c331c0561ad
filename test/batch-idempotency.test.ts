import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { essence, isReplay, problem, range } from './support/answers.ts';
import type { Answer, Client } from './support/client.ts';
import { holdCustomer } from './support/lock.ts';
import { loseChanges, losing, poison, refusePoison } from './support/poison.ts';
import { countRows, unpairedChanges } from './support/rows.ts';
import { startService, type TestService } from './support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

let keys = 0;
const newKey = () => ({ 'idempotency-key': `batch-${++keys}` });
const newCustomer = async (data?: object) => (await service.create(data))['id'] as string;
const read = async (id: string) => (await service.get(`/v1/customers/${id}`)).body;
const counts = () => countRows(service.database, service.tenantId);
const send = (changes: unknown[], headers = {}, query = '', client: Client = service) =>
  client.send('POST', `/v1/customers/batch${query}`, { body: { changes }, headers });
const merge = (id: string, body: unknown, more = {}) => ({ op: 'mergePatch', id, body, ...more });
const outcomesOf = (answer: Answer) => answer.body['outcomes'] as { status: number; version: number }[];
const statusesOf = (answer: Answer) => outcomesOf(answer).map(({ status }) => status);
const versionsOf = (answer: Answer) => outcomesOf(answer).map(({ version }) => version);
const nobody = '0190a0a0-0000-7000-8000-000000000000';

describe('the idempotency key of a batch', () => {
  test('replays the outcomes as they were, whatever happened since', async () => {
    const id = await newCustomer();
    const headers = newKey();
    const changes = [
      merge(id, { note: 'x' }),
      { op: 'create', body: { name: 'Ada' } },
      { op: 'delete', id: nobody },
    ];
    const first = await send(changes, headers);
    await service.patch(id, { note: 'later' });
    const again = await send(changes, headers);
    expect([isReplay(first), isReplay(again), essence(again)]).toEqual([false, true, essence(first)]);
    expect((await read(id))['note']).toBe('later');
  });

  test('refuses another batch, and makes none of its changes, however they begin and however many they are', async () => {
    const id = await newCustomer();
    const headers = newKey();
    const one = merge(id, { note: 'x' });
    expect((await send([one], headers)).status).toBe(200);
    const before = await counts();
    for (const other of [[one, merge(id, { note: 'y' })], [merge(id, { note: 'y' })], [one, one]]) {
      expect(problem(await send(other, headers))).toBe('idempotency-key-reused');
    }
    expect(problem(await service.patch(id, { note: 'x' }, headers))).toBe('idempotency-key-reused');
    expect(await counts()).toEqual(before);
  });

  test('also refuses it when no change of the first batch was kept', async () => {
    const id = await newCustomer();
    const headers = newKey();
    await send([{ op: 'jsonPatch', id, body: 'nonsense' }], headers);
    expect(problem(await send([merge(id, { note: 'y' })], headers))).toBe('idempotency-key-reused');
    expect((await read(id))['version']).toBe(1);
  });

  test('tells a twin of a running batch to try again', async () => {
    const [id, free] = [await newCustomer(), await newCustomer()];
    const headers = newKey();
    const changes = [merge(free, { note: 'x' }), merge(id, { note: 'x' })];
    const lock = await holdCustomer(service.database, id);
    const first = send(changes, headers);
    await lock.awaited();
    const twin = await send(changes, headers);
    const other = await send([merge(free, { note: 'y' })], headers);
    await lock.release();
    expect([twin.status, problem(twin)]).toEqual([409, 'idempotency-key-in-progress']);
    expect(twin.headers.get('retry-after')).toBe('1');
    expect(problem(other)).toBe('idempotency-key-reused');
    const done = await first;
    const again = await send(changes, headers);
    expect([isReplay(again), again.text]).toEqual([true, done.text]);
    expect([(await read(id))['version'], (await read(free))['version']]).toEqual([2, 2]);
  });

  test('goes on from where a batch was cut off', async () => {
    const ids = await Promise.all(range(10).map(() => newCustomer()));
    const headers = newKey();
    const changes = ids.map((id) => merge(id, { note: 'x' }));
    const first = await send(changes, headers);
    // As if the process had died before the last five: they and their replies were never written.
    const lost = ids.slice(5);
    await service.database.query('DELETE FROM idempotency_reply WHERE customer_id = ANY($1)', [lost]);
    await Promise.all(lost.map((id) => service.patch(id, { note: null })));
    const again = await send(changes, headers);
    expect([first.status, versionsOf(again)]).toEqual([200, [2, 2, 2, 2, 2, 4, 4, 4, 4, 4]]);
  });

  test('keeps the order of a customer, whatever of it the database was too busy for', async () => {
    const [id, other] = [await newCustomer(), await newCustomer()];
    const headers = newKey();
    // More than one group: the first is lost, and the next ones would be made.
    const changes = [
      merge(id, losing),
      ...range(60).map((n) => merge(id, { note: `note ${n}` }, n === 59 ? { ifVersion: 99 } : {})),
      merge(other, { note: 'x' }),
    ];
    const busy = await loseChanges(service.database);
    const first = await send(changes, headers);
    await busy.end();
    expect(statusesOf(first)).toEqual([...range(61).map(() => 503), 200]);
    expect((await read(id))['version']).toBe(1);
    const again = await send(changes, headers);
    expect(statusesOf(again)).toEqual([...range(60).map(() => 200), 412, 200]);
    expect(versionsOf(again).slice(0, 60)).toEqual(range(60).map((n) => n + 2));
    expect(await read(id)).toMatchObject({ note: 'note 58', ...losing });
    expect((await read(other))['version']).toBe(2);
  });

  test('keeps it also where a group is tried apart', async () => {
    const [bad, id] = [await newCustomer(), await newCustomer()];
    const headers = newKey();
    const changes = [merge(bad, poison), merge(id, losing), merge(id, { note: 'later' })];
    const [refusing, busy] = [await refusePoison(service.database), await loseChanges(service.database)];
    expect(statusesOf(await send(changes, headers))).toEqual([500, 503, 503]);
    await Promise.all([refusing.end(), busy.end()]);
    expect((await read(id))['version']).toBe(1);
    expect(versionsOf(await send(changes, headers))).toEqual([2, 2, 3]);
  });

  test('after 24 hours begins a new batch', async () => {
    const id = await newCustomer();
    const headers = newKey();
    await send([merge(id, { note: 'x' })], headers);
    await service.database.query(
      `UPDATE idempotency_reply SET created_at = created_at - interval '24 hours'`,
    );
    const other = await send([merge(id, { note: 'y' })], headers);
    expect([other.status, (await read(id))['note']]).toEqual([200, 'y']);
  });
});

test('every change of this file has one history row and one outbox row', async () => {
  expect(await unpairedChanges(service.database, service.tenantId)).toEqual([]);
});
