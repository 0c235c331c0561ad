import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mostGroupsInFlight } from '../src/customer/group-commit.ts';
import { verifyHistory } from '../src/storage/verify-history.ts';
import { range } from './support/answers.ts';
import { type Answer, createClient } from './support/client.ts';
import { countUp } from './support/count-up.ts';
import { holdCustomer, holdLock } from './support/lock.ts';
import { poison, refusePoison } from './support/poison.ts';
import { unpairedChanges } from './support/rows.ts';
import { startService, type TestService } from './support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

const newCustomer = async (data?: object) => (await service.create(data))['id'] as string;
const read = async (id: string) => (await service.get(`/v1/customers/${id}`)).body;
const statuses = (answers: Answer[]) => answers.map((answer) => answer.status);

/** Sends changes so that they are one group, in this order: while all groups are held up, all others gather. */
const inOneGroup = async (sends: (() => Promise<Answer>)[]): Promise<Answer[]> => {
  const holders = await Promise.all(range(mostGroupsInFlight).map(() => newCustomer()));
  const locks = await Promise.all(holders.map((id) => holdCustomer(service.database, id)));
  try {
    const held: Promise<Answer>[] = [];
    for (const id of holders) {
      held.push(service.patch(id, { note: 'x' }));
      await locks[0]?.awaited(held.length);
    }
    const sent: Promise<Answer>[] = [];
    for (const send of sends) {
      sent.push(send());
      while (service.app.door.waiting() < sent.length) await nextTurn();
    }
    await Promise.all(locks.map((lock) => lock.release()));
    expect(new Set(statuses(await Promise.all(held)))).toEqual(new Set([200]));
    return await Promise.all(sent);
  } finally {
    await Promise.all(locks.map((lock) => lock.release()));
  }
};

const metric = async (name: string): Promise<number> => {
  const { text } = await service.get('/metrics');
  return text
    .split('\n')
    .filter((line) => line.startsWith(name))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
};

describe('changes that are committed together', () => {
  test('are as many groups as there are turns, not as there are changes', async () => {
    const ids = await Promise.all(range(20).map(() => newCustomer()));
    const before = {
      groups: await metric('customary_group_size_count'),
      changes: await metric('customary_group_size_sum'),
    };
    const answers = await inOneGroup(ids.map((id) => () => service.patch(id, { note: 'x' })));
    expect(new Set(statuses(answers))).toEqual(new Set([200]));
    const sizes = (await metric('customary_group_size_sum')) - before.changes;
    expect(sizes).toBe(2 * mostGroupsInFlight + 20);
    // The creations of those that hold the others up may come together; their changes are a group each.
    const groups = (await metric('customary_group_size_count')) - before.groups;
    expect(groups).toBeLessThanOrEqual(2 * mostGroupsInFlight + 1);
  });

  test('each keep their own outcome: a refusal fails no neighbour', async () => {
    const [good, gone, stale, invalid, last] = await Promise.all(range(5).map(() => newCustomer()));
    await service.remove(gone as string);
    const answers = await inOneGroup([
      () => service.patch(good as string, { note: 'x' }),
      () => service.patch(gone as string, { note: 'x' }),
      () => service.patch(stale as string, { note: 'x' }, { 'if-match': '"9"' }),
      () => service.patch(invalid as string, { status: 'odd' }),
      () => service.send('POST', '/v1/customers', { body: { unknown: 1 } }),
      () => service.patch(last as string, { note: 'x' }),
    ]);
    expect(statuses(answers)).toEqual([200, 404, 412, 422, 422, 200]);
  });

  test('that the database refuses for the sake of one are made without it', async () => {
    const ids = await Promise.all(range(12).map(() => newCustomer()));
    const hot = await newCustomer();
    const refusing = await refusePoison(service.database);
    const split = 'customary_retries_total{reason="split"}';
    const before = await metric(split);
    const answers = await inOneGroup([
      ...ids.map((id, n) => () => service.patch(id, n === 5 ? poison : { attributes: { a: 'x' } })),
      () => service.patch(hot, { attributes: { a: '1' } }, { 'idempotency-key': 'before' }),
      () => service.patch(hot, { ...poison, attributes: { b: '2' } }, { 'idempotency-key': 'poison' }),
      () => service.patch(hot, { attributes: { c: '3' } }, { 'idempotency-key': 'after' }),
      () => service.send('POST', '/v1/customers', { body: poison }),
      () => service.send('POST', '/v1/customers', { body: { attributes: { a: 'x' } } }),
    ]);
    await refusing.end();
    const expected = [...range(12).map((n) => (n === 5 ? 500 : 200)), 200, 500, 200, 500, 201];
    expect(statuses(answers)).toEqual(expected);
    expect(await read(hot)).toMatchObject({ version: 3, attributes: { a: '1', c: '3' } });
    expect((await metric(split)) - before).toBe(1);
  });

  test('lose no number and no change to one whose answer can not be made', async () => {
    const { door } = service.app;
    const { execute } = door;
    const failing = { 'customary-reason': 'no answer' };
    const render = () => {
      throw new Error('There is no answer');
    };
    door.execute = (command) =>
      execute(command.context.reason === failing['customary-reason'] ? { ...command, render } : command);
    const hot = await newCustomer();
    const { number } = await service.create();
    const answers = await inOneGroup([
      () => service.send('POST', '/v1/customers', { body: {}, headers: failing }),
      () => service.send('POST', '/v1/customers', { body: {} }),
      () => service.patch(hot, { attributes: { a: '1' } }, failing),
      () => service.patch(hot, { attributes: { b: '2' } }),
    ]);
    door.execute = execute;
    expect(statuses(answers)).toEqual([500, 201, 500, 200]);
    // Those that held the groups up are customers, too.
    expect(answers[1]?.body['number']).toBe(number + mostGroupsInFlight + 1);
    expect(await read(hot)).toMatchObject({ version: 2, attributes: { b: '2' } });
    const verified = await verifyHistory(service.app.database, service.tenantId, {});
    expect(verified.findings).toEqual([]);
  });

  test('on one customer are made one after the other, each on the result of the former', async () => {
    const id = await newCustomer();
    const answers = await inOneGroup([
      () => service.patch(id, { note: 'one' }, { 'if-match': '"1"' }),
      () => service.patch(id, { locale: 'de' }, { 'if-match': '"1"' }),
      () => service.patch(id, { locale: 'de' }, { 'if-match': '"2"' }),
      () => service.patch(id, { status: 'active' }, { 'if-match': '"1"' }, '?onConflict=merge'),
      () => service.patch(id, { note: 'two' }, { 'if-match': '"1"' }, '?onConflict=merge'),
      () => service.send('POST', `/v1/customers/${id}/history/2/undo`),
      () => service.remove(id),
      () => service.patch(id, { note: 'late' }),
    ]);
    expect(statuses(answers)).toEqual([200, 412, 200, 200, 409, 200, 204, 404]);
  });

  test('can pass a unique value on from one customer to the next', async () => {
    const holder = await newCustomer({ accountNumber: 'P-1' });
    const [next, late] = [await newCustomer(), await newCustomer()];
    const answers = await inOneGroup([
      () => service.patch(late, { accountNumber: 'P-1' }),
      () => service.patch(holder, { accountNumber: null }),
      () => service.patch(next, { accountNumber: 'P-1' }),
      () => service.patch(late, { accountNumber: 'P-1' }),
    ]);
    expect(statuses(answers)).toEqual([409, 200, 200, 409]);
  });

  test('can make no cycle and no orphan together', async () => {
    const [a, b, parent, child] = await Promise.all(range(4).map(() => newCustomer()));
    const answers = await inOneGroup([
      () => service.patch(a as string, { parentId: b }),
      () => service.patch(b as string, { parentId: a }),
      () => service.patch(child as string, { parentId: parent }),
      () => service.remove(parent as string),
      () => service.patch(child as string, { parentId: null }),
      () => service.remove(parent as string),
      () => service.send('POST', '/v1/customers', { body: { parentId: parent } }),
    ]);
    expect(statuses(answers)).toEqual([200, 422, 200, 409, 200, 204, 422]);
  });
});

describe('transactions that could not be serialised', () => {
  test('are tried again after a deadlock', async () => {
    const [low, high] = [await newCustomer(), await newCustomer()].toSorted() as [string, string];
    const lock = await holdCustomer(service.database, high);
    await lock.query(`SET LOCAL deadlock_timeout = '30s'`);
    const before = await metric('customary_retries_total{reason="serialisation"}');
    const answer = service.send('POST', '/v1/customers/batch', {
      body: { changes: [low, high].map((id) => ({ op: 'mergePatch', id, body: { note: 'x' } })) },
    });
    await lock.awaited(1);
    await lock.query('SELECT 1 FROM customer WHERE customer_id = $1 FOR UPDATE', [low]);
    await lock.release();
    const outcomes = (await answer).body['outcomes'] as { status: number }[];
    expect(outcomes.map(({ status }) => status)).toEqual([200, 200]);
    expect(await metric('customary_retries_total{reason="serialisation"}')).toBeGreaterThan(before);
  });

  test('are tried again under a stricter isolation, where two processes lose no update', async () => {
    const [row] = await service.database.query<{ name: string }>('SELECT current_database() AS name');
    const isolation = (level: string) =>
      service.database.query(`ALTER DATABASE ${row?.name} SET default_transaction_isolation = '${level}'`);
    await isolation('repeatable read');
    const one = await startService({ database: service.database });
    const two = await startService({ database: service.database });
    const other = createClient(two.app.address, one.secret);
    const id = (await one.create())['id'] as string;
    const lock = await holdLock(
      service.database,
      'UPDATE customer SET number = number WHERE customer_id = $1',
      [id],
    );
    const held = one.patch(id, { note: 'x' });
    await lock.awaited(1);
    await lock.release();
    expect((await held).status).toBe(200);
    await Promise.all(range(12).map((n) => countUp(n % 2 ? one : other, id)));
    expect((await one.get(`/v1/customers/${id}`)).body).toMatchObject({
      version: 14,
      attributes: { counter: '12' },
    });
    await isolation('read committed');
    await Promise.all([one.stop(), two.stop()]);
  });
});

test('every change of this file has one history row and one outbox row', async () => {
  expect(await unpairedChanges(service.database, service.tenantId)).toEqual([]);
});
