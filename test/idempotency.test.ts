import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { essence, isReplay, problem, range } from './support/answers.ts';
import type { Answer } from './support/client.ts';
import { holdCustomer } from './support/lock.ts';
import { countRows, unpairedChanges } from './support/rows.ts';
import { startService, type TestService } from './support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

let keys = 0;
const newKey = () => `key-${++keys}`;
const withKeyHeader = (key: string) => ({ 'idempotency-key': key });
const counter = (value: string) => ({ attributes: { counter: value } });
const idOf = (customer: Answer['body']) => customer['id'] as string;
const newCustomer = async (data?: object) => idOf(await service.create(data));
const replyRows = async () => (await countRows(service.database, service.tenantId)).replies;

/** Sends the same request twice and expects one effect and the same answer. */
const expectReplay = async (send: () => Promise<Answer>, status: number): Promise<Answer> => {
  const first = await send();
  expect(first.status).toBe(status);
  expect(isReplay(first)).toBe(false);
  const rows = await countRows(service.database, service.tenantId);
  const second = await send();
  expect(essence(second)).toEqual(essence(first));
  expect(isReplay(second)).toBe(true);
  expect(await countRows(service.database, service.tenantId)).toEqual(rows);
  return first;
};

describe('a twin that still runs', () => {
  test('is told to try again; another request under the key is refused; both do nothing', async () => {
    const id = await newCustomer();
    const headers = withKeyHeader(newKey());
    const lock = await holdCustomer(service.database, id);
    const first = service.patch(id, { note: 'x' }, headers);
    await lock.awaited();
    const twin = await service.patch(id, { note: 'x' }, headers);
    const other = await service.patch(id, { note: 'y' }, headers);
    await lock.release();
    expect([twin.status, problem(twin)]).toEqual([409, 'idempotency-key-in-progress']);
    expect(twin.headers.get('retry-after')).toBe('1');
    expect([other.status, problem(other)]).toEqual([409, 'idempotency-key-reused']);
    const done = await first;
    expect([done.status, done.body['note'], done.body['version']]).toEqual([200, 'x', 2]);
    const after = await service.patch(id, { note: 'x' }, headers);
    expect([isReplay(after), essence(after)]).toEqual([true, essence(done)]);
  });

  test.each([2, 8, 32])('sent %i times at once: one effect, and equal replies or 409', async (times) => {
    const headers = withKeyHeader(newKey());
    const send = () => service.send('POST', '/v1/customers', { body: { name: 'Once' }, headers });
    const before = await countRows(service.database, service.tenantId);
    const answers = await Promise.all(range(times).map(send));
    const made = answers.filter((answer) => answer.status === 201);
    expect(made.length).toBeGreaterThan(0);
    expect(new Set(made.map((answer) => JSON.stringify(essence(answer)))).size).toBe(1);
    const others = answers.filter((answer) => answer.status !== 201);
    expect(others.every((answer) => problem(answer) === 'idempotency-key-in-progress')).toBe(true);
    const after = await countRows(service.database, service.tenantId);
    expect([after.history - before.history, after.outbox - before.outbox]).toEqual([1, 1]);
    expect(after.replies - before.replies).toBe(1);
  });
});

describe('the order of the checks and the end of a key', () => {
  test('a key is looked at before If-Match: the replay of a change whose version passed is 200', async () => {
    const id = await newCustomer();
    const headers = { ...withKeyHeader(newKey()), 'if-match': '"1"' };
    await expectReplay(() => service.patch(id, { note: 'x' }, headers), 200);
    await service.patch(id, { note: 'later' });
    const replay = await service.patch(id, { note: 'x' }, headers);
    expect([replay.status, isReplay(replay), replay.body['note']]).toEqual([200, true, 'x']);
    expect((await service.get(`/v1/customers/${id}`)).body['note']).toBe('later');
  });

  test('24 hours, by the clock of the database and to the second; then the change is made anew and kept anew', async () => {
    const id = await newCustomer();
    const key = newKey();
    const age = (interval: string) =>
      service.database.query(
        `UPDATE idempotency_reply SET created_at = now() - $2::interval WHERE customer_id = $1`,
        [id, interval],
      );
    const send = () => service.patch(id, counter(key), withKeyHeader(key));
    await send();
    await service.patch(id, counter('between'));
    // The margin is what this test may need between the two statements.
    await age('23:59:57');
    expect([isReplay(await send()), (await service.get(`/v1/customers/${id}`)).body['version']]).toEqual([
      true,
      3,
    ]);
    await age('24:00:00');
    const anew = await send();
    expect([isReplay(anew), anew.body['version']]).toEqual([false, 4]);
    expect(isReplay(await send())).toBe(true);
    expect((await countRows(service.database, service.tenantId, id)).replies).toBe(1);
  });

  test('after 24 hours the key may serve another request', async () => {
    const id = await newCustomer();
    const headers = withKeyHeader(newKey());
    await service.patch(id, { note: 'x' }, headers);
    await service.database.query(
      `UPDATE idempotency_reply SET created_at = now() - interval '24 hours' WHERE customer_id = $1`,
      [id],
    );
    const other = await service.remove(id, headers);
    expect([other.status, isReplay(other)]).toEqual([204, false]);
  });

  test('a dry run neither keeps nor replays', async () => {
    const id = await newCustomer();
    const headers = withKeyHeader(newKey());
    const before = await replyRows();
    const tried = await service.patch(id, { note: 'x' }, headers, '?dryRun=true');
    expect([tried.status, tried.body['dryRun'], await replyRows()]).toEqual([200, true, before]);
    const done = await service.patch(id, { note: 'x' }, headers);
    expect([done.status, isReplay(done)]).toEqual([200, false]);
    const again = await service.patch(id, { note: 'y' }, headers, '?dryRun=true');
    expect([again.status, isReplay(again), again.body['changes'].length]).toEqual([200, false, 1]);
  });
});

test('every change of this file has one history row and one outbox row', async () => {
  expect(await unpairedChanges(service.database, service.tenantId)).toEqual([]);
});
