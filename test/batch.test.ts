import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isReplay, problem, range } from './support/answers.ts';
import type { Client } from './support/client.ts';
import { poison, refusePoison } from './support/poison.ts';
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
const nobody = '0190a0a0-0000-7000-8000-000000000000';

/** A thousand changes of every kind, a part of which is refused, with the status that each must get. */
const thousand = async () => {
  const made = await Promise.all(range(50).map((n) => newCustomer({ name: `Customer ${n}` })));
  const [ids, toRemove] = [made.slice(10), made.slice(0, 10)];
  const kinds = (id: string, n: number): [unknown, number][] => [
    [{ op: 'create', body: { name: `New ${n}` } }, 201],
    [merge(id, { attributes: { [`n${n}`]: 'x' } }), 200],
    [{ op: 'jsonPatch', id, body: [{ op: 'add', path: '/note', value: `note ${n}` }] }, 200],
    [{ op: 'replace', id, body: { name: `Customer ${n}`, note: `whole ${n}` } }, 200],
    [merge(id, { note: 'stale' }, { ifVersion: 1 }), 412],
    [merge(id, { birthDate: 'never' }), 422],
    [merge(nobody, { note: 'x' }), 404],
    [{ op: 'jsonPatch', id, body: [{ op: 'test', path: '/note', value: 'other' }] }, 409],
    [{ op: 'jsonPatch', id, body: [{ op: 'paint', path: '/note' }] }, 400],
    [{ op: 'create', body: { unknown: true } }, 422],
  ];
  const changes = range(99).flatMap((n) => kinds(ids[n % ids.length] as string, n));
  const removed = toRemove.map((id): [unknown, number] => [{ op: 'delete', id }, 204]);
  return [...changes, ...removed];
};

describe('a batch', () => {
  test('of 1,000 changes gives each its outcome, and a retry of the whole does nothing more', async () => {
    const changes = await thousand();
    expect(changes.length).toBe(1000);
    const headers = newKey();
    const before = await counts();
    const first = await send(
      changes.map(([change]) => change),
      headers,
    );
    expect(first.status).toBe(200);
    const outcomes = first.body['outcomes'] as { index: number; status: number; error?: { type: string } }[];
    expect(outcomes.map(({ index, status }) => [index, status])).toEqual(
      changes.map(([, status], index) => [index, status]),
    );
    expect(outcomes.every(({ status, error }) => status >= 400 === (error !== undefined))).toBe(true);
    const after = await counts();
    const made = changes.filter(([, status]) => status < 300).length;
    expect([after.history - before.history, after.outbox - before.outbox]).toEqual([made, made]);
    expect(after.customers - before.customers).toBe(99);
    const again = await send(
      changes.map(([change]) => change),
      headers,
    );
    expect(again.text === first.text).toBe(true);
    expect(await counts()).toEqual(after);
  });

  test('makes the changes of one customer in their order', async () => {
    const id = await newCustomer();
    const answer = await send(range(100).map((n) => merge(id, { note: `note ${n}` }, { ifVersion: n + 1 })));
    const outcomes = answer.body['outcomes'] as { status: number; version: number }[];
    expect(outcomes.map(({ status, version }) => [status, version])).toEqual(
      range(100).map((n) => [200, n + 2]),
    );
    expect(await read(id)).toMatchObject({ version: 101, note: 'note 99' });
  });

  test('names the customer, its version, and what is wrong in each outcome', async () => {
    const id = await newCustomer();
    const answer = await send([
      merge(id, { note: 'x' }),
      merge(id, { status: 'unheard-of' }),
      merge(id, { note: 'y' }, { ifVersion: 1, onConflict: 'merge' }),
      { op: 'delete', id },
    ]);
    const [done, invalid, clash, removed] = answer.body['outcomes'];
    expect(done).toEqual({ index: 0, status: 200, id, version: 2 });
    expect(invalid.error).toMatchObject({ type: 'urn:customary:problem:validation-failed', status: 422 });
    expect(invalid.error.errors[0].pointer).toBe('/status');
    expect(clash.error).toMatchObject({
      type: 'urn:customary:problem:merge-conflict',
      conflicts: [{ path: '/note', yours: 'y', theirs: 'x' }],
    });
    expect(removed).toEqual({ index: 3, status: 204, id, version: 3 });
  });

  test('is limited to what the key may do, change by change', async () => {
    const [mine, other] = [await newCustomer(), await newCustomer()];
    const bound = await service.withKey({ customerId: mine, scopes: ['customer:write', 'personal:read'] });
    const answer = await send(
      [merge(mine, { note: 'x' }), merge(other, { note: 'x' }), { op: 'delete', id: mine }],
      {},
      '',
      bound,
    );
    expect((answer.body['outcomes'] as { status: number }[]).map(({ status }) => status)).toEqual([
      200, 404, 403,
    ]);
  });

  test('is refused as a whole when it is malformed, with a pointer to each fault, and nothing is done', async () => {
    const id = await newCustomer();
    const before = await counts();
    const malformed: [unknown, string][] = [
      [{ changes: [] }, '/changes'],
      [{ changes: range(1001).map(() => merge(id, { note: 'x' })) }, '/changes'],
      [{ changes: [merge(id, {}), { op: 'paint', id }] }, '/changes/1/op'],
      [{ changes: [{ op: 'mergePatch', id: 'x', body: {} }] }, '/changes/0/id'],
      [{ changes: [merge(id, {}, { ifVersion: 0 })] }, '/changes/0/ifVersion'],
      [{ changes: [merge(id, {}, { extra: 1 })] }, '/changes/0/extra'],
      [{ change: [] }, '/change'],
    ];
    for (const [body, pointer] of malformed) {
      const answer = await service.send('POST', '/v1/customers/batch', { body, headers: newKey() });
      expect([answer.status, problem(answer)]).toEqual([422, 'validation-failed']);
      expect((answer.body['errors'] as { pointer: string }[]).map((fault) => fault.pointer)).toContain(
        pointer,
      );
    }
    expect(await counts()).toEqual(before);
  });

  test('tells a change without its customer, and a creation with one, what is wrong', async () => {
    const answer = await send([
      { op: 'delete' },
      { op: 'create', id: nobody, body: {} },
      { op: 'mergePatch', id: nobody, body: [] },
    ]);
    const outcomes = answer.body['outcomes'] as {
      status: number;
      error: { errors: { pointer: string }[] };
    }[];
    expect(outcomes.map(({ status, error }) => [status, error.errors[0]?.pointer])).toEqual([
      [422, '/id'],
      [422, '/id'],
      [422, ''],
    ]);
  });

  test('refuses what a change of its kind does not have, each for itself', async () => {
    const id = await newCustomer();
    const changes = [
      { op: 'delete', id, body: {} },
      { op: 'delete', id, body: null },
      { op: 'create', id: nobody, body: {} },
      { op: 'replace', body: {} },
      merge(id, { note: 'still there' }),
    ];
    const { body } = await send(changes);
    const outcomes = body['outcomes'] as { status: number; error?: { errors: object[] } }[];
    expect(outcomes.map(({ status }) => status)).toEqual([422, 422, 422, 422, 200]);
    expect(outcomes.flatMap(({ error }) => error?.errors ?? [])).toMatchObject([
      { pointer: '/body', rule: 'unknownMember' },
      { pointer: '/body', rule: 'unknownMember' },
      { pointer: '/id', rule: 'unknownMember' },
      { pointer: '/id', rule: 'required' },
    ]);
  });

  test('with If-Match is refused whole, since its changes have ifVersion', async () => {
    const id = await newCustomer();
    const answer = await send([merge(id, { note: 'x' })], { 'if-match': '"1"' });
    expect([answer.status, answer.body['errors'][0].pointer]).toEqual([400, 'If-Match']);
    expect((await read(id))['version']).toBe(1);
  });

  test('with dryRun does nothing and keeps nothing', async () => {
    const id = await newCustomer();
    const before = await counts();
    const headers = newKey();
    const changes = [
      merge(id, { note: 'x' }),
      { op: 'create', body: {} },
      { op: 'delete', id },
      merge(nobody, {}),
    ];
    const answer = await send(changes, headers, '?dryRun=true');
    const statuses = (answer.body['outcomes'] as { status: number }[]).map(({ status }) => status);
    expect([statuses[0], statuses[3]]).toEqual([200, 404]);
    const [changed, created] = answer.body['outcomes'] as { id?: string; changes: object[] }[];
    expect(changed).toMatchObject({ id, changes: [{ path: '/note', after: 'x' }] });
    expect(created).not.toHaveProperty('id');
    expect(await counts()).toEqual(before);
    expect(isReplay(await send(changes, headers))).toBe(false);
  });

  test('has an outcome for every change also when the database refuses one', async () => {
    const [good, bad, last] = [await newCustomer(), await newCustomer(), await newCustomer()];
    const changes = [merge(good, { note: 'x' }), merge(bad, poison), merge(last, { note: 'x' })];
    const headers = newKey();
    const refusing = await refusePoison(service.database);
    const answer = await send(changes, headers);
    await refusing.end();
    const outcomes = answer.body['outcomes'] as { status: number }[];
    expect(outcomes.map(({ status }) => status)).toEqual([200, 500, 200]);
    const again = await send(changes, headers);
    expect((again.body['outcomes'] as { status: number }[]).map(({ status }) => status)).toEqual([
      200, 200, 200,
    ]);
    expect((await read(good))['version']).toBe(2);
  });
});

test('every change of this file has one history row and one outbox row', async () => {
  expect(await unpairedChanges(service.database, service.tenantId)).toEqual([]);
});
