import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AnotherProcess, startAnotherProcess } from './support/another-process.ts';
import { essence, isReplay, problem, range } from './support/answers.ts';
import type { Answer, Client } from './support/client.ts';
import { countUp } from './support/count-up.ts';
import { why } from './support/erasures.ts';
import { holdCustomer, holdLock } from './support/lock.ts';
import { ended, later } from './support/requests.ts';
import { countRows, unpairedChanges } from './support/rows.ts';
import { startService, type TestService } from './support/service.ts';

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

let keys = 0;
const newKey = () => ({ 'idempotency-key': `key-${++keys}` });
const newCustomer = async (data?: object) => (await service.create(data))['id'] as string;
const processOf = (n: number): Client => (n % 2 === 0 ? service : other);
const counts = () => countRows(service.database, service.tenantId);

/** Sends one request many times at once, half of them to each process, and expects one effect and one answer. */
const expectOnce = async (times: number, status: number, send: (client: Client) => Promise<Answer>) => {
  const before = await counts();
  const answers = await Promise.all(range(times).map((n) => send(processOf(n))));
  const after = await counts();
  expect([after.history - before.history, after.outbox - before.outbox]).toEqual([1, 1]);
  expect(after.replies - before.replies).toBe(1);
  const made = answers.filter((answer) => answer.status === status);
  expect(new Set(made.map((answer) => JSON.stringify(essence(answer)))).size).toBe(1);
  expect(made.filter((answer) => !isReplay(answer)).length).toBe(1);
  for (const answer of answers) {
    if (answer.status === status) continue;
    expect(problem(answer)).toBe('idempotency-key-in-progress');
    expect(answer.headers.get('retry-after')).toBe('1');
  }
  // Whoever asks once more, wherever, gets the same answer.
  const [first] = made.map(essence);
  for (const client of [service, other]) {
    const again = await send(client);
    expect([isReplay(again), essence(again)]).toEqual([true, first]);
  }
};

describe.each([2, 8, 32])(
  'one idempotency key sent %i times at once to two processes has one effect',
  (times) => {
    test('for a creation', async () => {
      const headers = newKey();
      await expectOnce(times, 201, (client) =>
        client.send('POST', '/v1/customers', { body: { name: 'Ada', accountNumber: `A-${times}` }, headers }),
      );
    });

    test('for a change', async () => {
      const [id, headers] = [await newCustomer(), newKey()];
      await expectOnce(times, 200, (client) => client.patch(id, { note: 'x' }, headers));
    });

    test('for a deletion', async () => {
      const [id, headers] = [await newCustomer(), newKey()];
      await expectOnce(times, 204, (client) => client.remove(id, headers));
    });
  },
);

test('a twin in the other process waits for the first and is answered as it was', async () => {
  const [id, headers] = [await newCustomer(), newKey()];
  const lock = await holdCustomer(service.database, id);
  const first = service.patch(id, { note: 'x' }, headers);
  await lock.awaited(1);
  const twin = other.patch(id, { note: 'x' }, headers);
  await lock.awaited(2);
  await lock.release();
  const [done, replay] = [await first, await twin];
  expect(essence(replay)).toEqual(essence(done));
  expect([isReplay(done), isReplay(replay)].toSorted()).toEqual([false, true]);
  const reused = await other.patch(id, { note: 'y' }, headers);
  expect(problem(reused)).toBe('idempotency-key-reused');
});

test('16 writers that read, change and write with If-Match lose no update', async () => {
  const id = await newCustomer();
  await Promise.all(range(16).map((n) => countUp(processOf(n), id)));
  const read = await service.get(`/v1/customers/${id}`);
  expect(read.body).toMatchObject({ version: 17, attributes: { counter: '16' } });
});

test('64 stale changes of different members, of a map that was not there, are all merged', async () => {
  const id = await newCustomer();
  const stale = { 'if-match': '"1"' };
  const answers = await Promise.all(
    range(64).map((n) =>
      processOf(n).patch(id, { attributes: { [`n${n}`]: 'x' } }, stale, '?onConflict=merge'),
    ),
  );
  expect(answers.map((answer) => answer.status)).toEqual(range(64).map(() => 200));
  const read = await service.get(`/v1/customers/${id}`);
  expect(Object.keys(read.body['attributes']).length).toBe(64);
});

test('of two claims of one unique value one is refused', async () => {
  for (const n of range(5)) {
    const [a, b] = [await newCustomer(), await newCustomer()];
    const claim = { accountNumber: `U-${n}` };
    const answers = await Promise.all([service.patch(a, claim), other.patch(b, claim)]);
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([200, 409]);
  }
});

test('accepted changes are made once and in order, though both processes carry them out', async () => {
  const ids = await Promise.all(range(12).map(() => newCustomer()));
  const accepted = await Promise.all(
    ids.map(async (id, n) => {
      const answers: Answer[] = [];
      for (const m of range(8)) answers.push(await processOf(n).patch(id, { note: `note ${m}` }, later));
      return answers;
    }),
  );
  for (const answer of accepted.flat()) {
    expect((await ended(service, answer))['status']).toBe('succeeded');
  }
  for (const id of ids) {
    const { entries } = (await service.get(`/v1/customers/${id}/history`)).body;
    const notes = (entries as { changes: { after: string }[] }[]).map(({ changes }) => changes[0]?.after);
    expect(notes.slice(0, -1).toReversed()).toEqual(range(8).map((m) => `note ${m}`));
    expect(entries.length).toBe(9);
  }
});

const lockStructure = () =>
  holdLock(service.database, 'SELECT 1 FROM tenant_state WHERE tenant_id = $1 FOR UPDATE', [
    service.tenantId,
  ]);

/** Makes two changes meet, each in a group of its own: both wait for the tenant's structure before either is decided. */
const meet = async (one: () => Promise<Answer>, another: () => Promise<Answer>): Promise<Answer[]> => {
  const lock = await lockStructure();
  try {
    const first = one();
    await lock.awaited(1);
    const second = another();
    await lock.awaited(2);
    await lock.release();
    return [await first, await second];
  } finally {
    await lock.release();
  }
};

describe.each(['one process', 'two processes'])('in %s', (where) => {
  const second = (): Client => (where === 'one process' ? service : other);

  test('two moves at once never make a cycle', async () => {
    const [a, b] = [await newCustomer(), await newCustomer()];
    const answers = await meet(
      () => service.patch(a, { parentId: b }),
      () => second().patch(b, { parentId: a }),
    );
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([200, 422]);
  });

  test('three moves at once never make a longer cycle', async () => {
    const [a, b, c] = [await newCustomer(), await newCustomer(), await newCustomer()];
    await service.patch(b, { parentId: a });
    const answers = await meet(
      () => service.patch(c, { parentId: b }),
      () => second().patch(a, { parentId: c }),
    );
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([200, 422]);
  });

  test('a parent that is deleted while it gets a sub-customer leaves no orphan', async () => {
    const parent = await newCustomer();
    const [removed, made] = (await meet(
      () => service.remove(parent),
      () => second().send('POST', '/v1/customers', { body: { parentId: parent } }),
    )) as [Answer, Answer];
    const outcomes = [removed.status, made.status];
    expect([
      [204, 422],
      [409, 201],
    ]).toContainEqual(outcomes);
  });

  test('a parent that is deleted while a customer moves below it leaves no orphan', async () => {
    const [parent, child] = [await newCustomer(), await newCustomer()];
    const [removed, moved] = (await meet(
      () => service.remove(parent),
      () => second().patch(child, { parentId: parent }),
    )) as [Answer, Answer];
    expect([
      [204, 422],
      [409, 200],
    ]).toContainEqual([removed.status, moved.status]);
  });
});

test('no customer is its own ancestor or has a parent that is not there, and every change is told once', async () => {
  const [row] = await service.database.query<{ orphans: number; cycles: number }>(
    `WITH RECURSIVE up AS (
       SELECT customer_id AS start, parent_id FROM customer
       UNION SELECT up.start, c.parent_id FROM up JOIN customer c ON c.customer_id = up.parent_id
     ) SELECT (SELECT count(*)::int FROM up WHERE start = parent_id) AS cycles,
       (SELECT count(*)::int FROM customer c JOIN customer p ON p.customer_id = c.parent_id
        WHERE c.deleted_at IS NULL AND p.deleted_at IS NOT NULL) AS orphans`,
  );
  expect(row).toEqual({ cycles: 0, orphans: 0 });
  expect(await unpairedChanges(service.database, service.tenantId)).toEqual([]);
});

// They come last, since the past of what is imported is told to nobody.
test.each(['one process', 'two processes'])(
  'a parent that is deleted after an import looked at it gets no sub-customer, in %s',
  async (where) => {
    const importing = where === 'one process' ? service : other;
    const parent = await newCustomer();
    const child = await newCustomer({ parentId: parent });
    const exported = (await service.get(`/v1/customers/${child}/export`)).body;
    await service.patch(child, { parentId: null });
    const copy = { ...exported, customer: { ...exported['customer'], id: uuidv7() } };
    const [removed, made] = (await meet(
      () => service.remove(parent),
      () => importing.send('POST', '/v1/customers/import', { body: copy, headers: why }),
    )) as [Answer, Answer];
    expect([removed.status, made.status]).toEqual([204, 201]);
    expect(made.headers.get('customary-ignored')).toBe('parentId');
  },
);
