import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { essence, isReplay, problem, range } from './support/answers.ts';
import { type Answer, type Client, createClient } from './support/client.ts';
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

describe('what is stored and replayed', () => {
  test('a creation, with its Location and ETag', async () => {
    const headers = withKeyHeader(newKey());
    const send = () => service.send('POST', '/v1/customers', { body: { name: 'Ada' }, headers });
    const first = await expectReplay(send, 201);
    expect(first.headers.get('location')).toBe(`/v1/customers/${first.body['id']}`);
  });

  test('a merge patch, a JSON Patch, a replacement, an undo and a deletion', async () => {
    const id = await newCustomer();
    const key = () => withKeyHeader(newKey());
    const [merge, json, put, undo, remove] = [key(), key(), key(), key(), key()];
    await expectReplay(() => service.patch(id, { note: 'one' }, merge), 200);
    await expectReplay(() => service.jsonPatch(id, [{ op: 'add', path: '/note', value: 'two' }], json), 200);
    await expectReplay(() => service.put(id, { name: 'Ada', note: 'three' }, put), 200);
    await expectReplay(
      () => service.send('POST', `/v1/customers/${id}/history/4/undo`, { headers: undo }),
      200,
    );
    await expectReplay(() => service.remove(id, remove), 204);
    expect((await countRows(service.database, service.tenantId, id)).history).toBe(6);
  });

  test('a change that changes nothing', async () => {
    const id = await newCustomer();
    const headers = withKeyHeader(newKey());
    await expectReplay(() => service.patch(id, { name: 'Ada Lovelace' }, headers), 200);
    expect((await countRows(service.database, service.tenantId, id)).history).toBe(1);
  });

  test('an answer without a body', async () => {
    const id = await newCustomer();
    const headers = { ...withKeyHeader(newKey()), prefer: 'return=minimal' };
    const first = await expectReplay(() => service.patch(id, { note: 'x' }, headers), 204);
    expect(first.headers.get('etag')).toBe('"2"');
  });

  test('404, also when the customer is there by then', async () => {
    const id = await newCustomer();
    await service.remove(id);
    const headers = withKeyHeader(newKey());
    await expectReplay(() => service.patch(id, { note: 'x' }, headers), 404);
    await service.send('POST', `/v1/customers/${id}/history/2/undo`);
    expect(isReplay(await service.patch(id, { note: 'x' }, headers))).toBe(true);
    expect((await service.get(`/v1/customers/${id}`)).headers.get('etag')).toBe('"3"');
  });

  test('409 of a taken value, also when the value is free by then', async () => {
    const holder = await newCustomer({ accountNumber: 'T-1' });
    const id = await newCustomer();
    const headers = withKeyHeader(newKey());
    const send = () => service.patch(id, { accountNumber: 'T-1' }, headers);
    expect(problem(await expectReplay(send, 409))).toBe('already-taken');
    await service.remove(holder);
    expect((await send()).status).toBe(409);
    expect((await service.patch(id, { accountNumber: 'T-1' }, withKeyHeader(newKey()))).status).toBe(200);
  });

  test('409 of a patch that does not apply, of a merge conflict, and of sub-customers', async () => {
    const id = await newCustomer();
    await service.patch(id, { note: 'theirs' });
    const [patch, merge, remove] = [
      withKeyHeader(newKey()),
      withKeyHeader(newKey()),
      withKeyHeader(newKey()),
    ];
    const misses = () => service.jsonPatch(id, [{ op: 'test', path: '/note', value: 'other' }], patch);
    expect(problem(await expectReplay(misses, 409))).toBe('patch-conflict');
    const stale = { ...merge, 'if-match': '"1"' };
    const clash = () => service.patch(id, { note: 'mine' }, stale, '?onConflict=merge');
    expect(problem(await expectReplay(clash, 409))).toBe('merge-conflict');
    await service.create({ parentId: id });
    expect(problem(await expectReplay(() => service.remove(id, remove), 409))).toBe('has-sub-customers');
  });

  test('412, also when the version would fit by then', async () => {
    const id = await newCustomer();
    const headers = { ...withKeyHeader(newKey()), 'if-match': '"2"' };
    await expectReplay(() => service.patch(id, { note: 'x' }, headers), 412);
    await service.patch(id, { note: 'y' });
    expect((await service.patch(id, { note: 'x' }, headers)).status).toBe(412);
  });

  test('422', async () => {
    const id = await newCustomer();
    const headers = withKeyHeader(newKey());
    const first = await expectReplay(() => service.patch(id, { birthDate: 'yesterday' }, headers), 422);
    expect(first.body['errors'][0].pointer).toBe('/birthDate');
  });
});

describe('what is not stored', () => {
  /** The refused request keeps nothing, and the key still serves for the right one. */
  const expectForgotten = async (
    refused: Answer,
    status: number,
    before: number,
    again: () => Promise<Answer>,
  ) => {
    expect(refused.status).toBe(status);
    expect(await replyRows()).toBe(before);
    const done = await again();
    expect(done.status).toBe(200);
    expect(isReplay(done)).toBe(false);
  };

  test('400 of a malformed body and of a malformed patch', async () => {
    const id = await newCustomer();
    const before = await replyRows();
    for (const send of [
      (headers: Record<string, string>) => service.patch(id, '{"note":', headers),
      (headers: Record<string, string>) => service.jsonPatch(id, [{ op: 'paint', path: '/note' }], headers),
      (headers: Record<string, string>) => service.patch(id, { note: 'x' }, { ...headers, 'if-match': 'x' }),
    ]) {
      const headers = withKeyHeader(newKey());
      await expectForgotten(await send(headers), 400, before, () =>
        service.patch(id, { note: 'x' }, headers),
      );
      await service.database.query('DELETE FROM idempotency_reply WHERE customer_id = $1', [id]);
    }
  });

  test('401 and 403', async () => {
    const id = await newCustomer();
    const before = await replyRows();
    const headers = withKeyHeader(newKey());
    const stranger = await service.patch(id, { note: 'x' }, { ...headers, authorization: 'Bearer nothing' });
    expect(stranger.status).toBe(401);
    const weak = await service.withKey({ name: 'main', scopes: ['customer:read'] });
    expect((await weak.patch(id, { note: 'x' }, headers)).status).toBe(403);
    const careful = await service.patch(id, { protectionLevel: 3 }, headers);
    await expectForgotten(careful, 403, before, () =>
      service.patch(id, { protectionLevel: 3 }, { ...headers, 'customary-reason': 'asked for it' }),
    );
  });

  test('429', async () => {
    const limited = await startService({
      database: service.database,
      settings: { RATE_LIMIT_KEY_PER_SECOND: '1' },
    });
    const headers = withKeyHeader(newKey());
    const send = (body: object) => limited.send('POST', '/v1/customers', { body, headers });
    const answers = await Promise.all(range(6).map(() => send({})));
    const refused = answers.filter((answer) => answer.status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.every((answer) => Number(answer.headers.get('retry-after')) >= 1)).toBe(true);
    const { customers, replies } = await countRows(service.database, limited.tenantId);
    expect({ customers, replies }).toEqual({ customers: 1, replies: 1 });
    await limited.stop();
  });

  test('500: nothing is kept of a change that the database refuses, and the key serves again', async () => {
    const id = await newCustomer();
    const before = await replyRows();
    const headers = withKeyHeader(newKey());
    const send = () => service.patch(id, counter('poison'), headers);
    await service.database.query(
      `ALTER TABLE customer ADD CONSTRAINT poison CHECK (open NOT LIKE '%poison%') NOT VALID`,
    );
    const refused = await send();
    await service.database.query('ALTER TABLE customer DROP CONSTRAINT poison');
    expect(refused.text).not.toContain('poison');
    await expectForgotten(refused, 500, before, send);
  });

  test('503: a change that could not be made in time can be sent again', async () => {
    const hasty = await startService({
      database: service.database,
      settings: { STATEMENT_TIMEOUT_MS: '150' },
    });
    const id = await newCustomer();
    const headers = withKeyHeader(newKey());
    const lock = await holdCustomer(service.database, id);
    const refused = await createClient(hasty.address, service.secret).patch(id, { note: 'x' }, headers);
    await lock.release();
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('1');
    const again = await service.patch(id, { note: 'x' }, headers);
    expect([again.status, isReplay(again)]).toEqual([200, false]);
    await hasty.stop();
  });
});

describe('what makes two requests the same', () => {
  test('member order, white space and the spelling of numbers and texts do not matter', async () => {
    const id = await newCustomer();
    const headers = withKeyHeader(newKey());
    const bodies = [
      '{"note":"a\\u00e9","metadata":{"x":1,"y":[10,2]}}',
      ' { "metadata" : { "y":[1e1, 2.0], "x": 1 },\n "note" : "aé" } ',
    ];
    const [first, second] = [
      await service.patch(id, bodies[0], headers),
      await service.patch(id, bodies[1], headers),
    ];
    expect(first.status).toBe(200);
    expect(isReplay(second)).toBe(true);
    expect(essence(second)).toEqual(essence(first));
  });

  test('values, query, path, method and content type do, and such a request is never made', async () => {
    const [id, other] = [await newCustomer(), await newCustomer()];
    const headers = withKeyHeader(newKey());
    expect((await service.patch(id, { note: 'one' }, headers)).status).toBe(200);
    const rows = await countRows(service.database, service.tenantId);
    for (const another of [
      () => service.patch(id, { note: 'two' }, headers),
      () => service.patch(id, { note: 'one', locale: null }, headers),
      () => service.patch(id, { note: 'one' }, headers, '?onConflict=merge'),
      () => service.patch(other, { note: 'one' }, headers),
      () => service.put(id, { note: 'one' }, headers),
      () => service.remove(id, headers),
      () => service.send('PATCH', `/v1/customers/${id}`, { body: { note: 'one' }, headers }),
      () => service.send('POST', '/v1/customers', { body: { note: 'one' }, headers }),
      () => service.send('POST', `/v1/customers/${id}/history/2/undo`, { headers }),
      () =>
        service.send('POST', '/v1/customers/batch', {
          body: { changes: [{ op: 'create', body: {} }] },
          headers,
        }),
    ]) {
      const answer = await another();
      expect([answer.status, problem(answer)]).toEqual([409, 'idempotency-key-reused']);
    }
    expect(await countRows(service.database, service.tenantId)).toEqual(rows);
    expect(isReplay(await service.patch(id, { note: 'one' }, headers))).toBe(true);
  });

  test('duplicate members and integers beyond 2^53 are refused before anything is compared', async () => {
    const id = await newCustomer();
    const headers = withKeyHeader(newKey());
    await service.patch(id, { note: 'b', metadata: { n: 2 ** 53 } }, headers);
    for (const body of ['{"note":"a","note":"b"}', '{"note":"b","metadata":{"n":9007199254740993}}']) {
      const refused = await service.patch(id, body, headers);
      expect([refused.status, problem(refused)]).toEqual([400, 'invalid-json']);
    }
  });

  test('a key is the same bare and quoted', async () => {
    const id = await newCustomer();
    const key = newKey();
    const first = await service.patch(id, { note: 'x' }, withKeyHeader(key));
    const second = await service.patch(id, { note: 'x' }, withKeyHeader(`"${key}"`));
    expect(isReplay(second)).toBe(true);
    expect(essence(second)).toEqual(essence(first));
  });

  test('keys differ by case', async () => {
    const id = await newCustomer();
    const key = newKey();
    await service.patch(id, { note: 'x' }, withKeyHeader(key));
    expect(isReplay(await service.patch(id, { note: 'x' }, withKeyHeader(key.toUpperCase())))).toBe(false);
  });
});

describe('whose key it is', () => {
  const twice = async (id: string, key: string, one: Client, other: Client) => {
    const first = await one.patch(id, { note: key }, withKeyHeader(key));
    return { first, second: await other.patch(id, { note: key }, withKeyHeader(key)) };
  };

  test('API keys of one name replay each other, so that rotation is safe', async () => {
    const [old, fresh] = [await service.withKey({ name: 'shop' }), await service.withKey({ name: 'shop' })];
    const { first, second } = await twice(await newCustomer(), newKey(), old, fresh);
    expect(isReplay(second)).toBe(true);
    expect(essence(second)).toEqual(essence(first));
  });

  test("another principal's same key is another key", async () => {
    const [shop, bank] = [await service.withKey({ name: 'shop' }), await service.withKey({ name: 'bank' })];
    const { second } = await twice(await newCustomer(), newKey(), shop, bank);
    expect([second.status, isReplay(second)]).toEqual([200, false]);
  });

  test("another tenant's same key is another key", async () => {
    const other = await service.otherTenant();
    const headers = withKeyHeader(newKey());
    const send = (client: Client) => client.send('POST', '/v1/customers', { body: { name: 'Ada' }, headers });
    const main = await service.withKey({ tenantId: other.tenantId, name: 'main' });
    const [first, second] = [await send(service), await send(main)];
    expect([second.status, isReplay(second)]).toEqual([201, false]);
    expect(second.body['id']).not.toBe(first.body['id']);
  });

  test('a key that lost the scope of the change gets no replay', async () => {
    const id = await newCustomer();
    const strong = await service.withKey({ name: 'till' });
    const weak = await service.withKey({ name: 'till', scopes: ['customer:read', 'personal:read'] });
    const { first, second } = await twice(id, newKey(), strong, weak);
    expect([first.status, second.status]).toEqual([200, 403]);
  });

  test('a key that may not see personal values gets no reply that shows them', async () => {
    const id = await newCustomer({ name: 'Secret Name', protectionLevel: 2 });
    const strong = await service.withKey({ name: 'desk' });
    const weak = await service.withKey({ name: 'desk', scopes: ['customer:read', 'customer:write'] });
    const key = withKeyHeader(newKey());
    expect((await strong.patch(id, counter('1'), key)).text).toContain('Secret Name');
    const answer = await weak.patch(id, counter('1'), key);
    expect(answer.text).not.toContain('Secret Name');
    expect(answer.status).toBe(409);
  });

  test('a key bound elsewhere gets no replay, and no sign of the customer', async () => {
    const [id, home] = [await newCustomer(), await newCustomer()];
    const free = await service.withKey({ name: 'branch' });
    const bound = await service.withKey({ name: 'branch', customerId: home });
    const { first, second } = await twice(id, newKey(), free, bound);
    expect([first.status, problem(second)]).toEqual([200, 'idempotency-key-reused']);
    expect(second.text).not.toContain(id);
  });

  test('a bound key gets no replay of a customer that left its tree', async () => {
    const home = await newCustomer();
    const bound = await service.withKey({ name: 'leaf', customerId: home });
    const [create, patch] = [withKeyHeader(newKey()), withKeyHeader(newKey())];
    const make = () =>
      bound.send('POST', '/v1/customers', { body: { parentId: home, name: 'Kid' }, headers: create });
    const made = await make();
    const id = idOf(made.body);
    const change = () => bound.patch(id, { note: 'x' }, patch);
    expect([made.status, (await change()).status]).toEqual([201, 200]);
    expect([isReplay(await make()), isReplay(await change())]).toEqual([true, true]);
    await service.patch(id, { parentId: null });
    const after = [await make(), await change()];
    expect(after.map((answer) => answer.status)).toEqual([404, 404]);
    expect(after.map((answer) => answer.text).join()).not.toContain('Kid');
    await service.patch(id, { parentId: home });
    expect([isReplay(await make()), isReplay(await change())]).toEqual([true, true]);
  });

  test("a bound key's 404 is replayed as it was", async () => {
    const [home, elsewhere] = [await newCustomer(), await newCustomer()];
    const bound = await service.withKey({ name: 'twig', customerId: home });
    for (const id of [elsewhere, '0190a0a0-0000-7000-8000-000000000000']) {
      const headers = withKeyHeader(newKey());
      await expectReplay(() => bound.patch(id, { note: 'x' }, headers), 404);
    }
  });
});

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

  test('every change of this file has one history row and one outbox row', async () => {
    expect(await unpairedChanges(service.database, service.tenantId)).toEqual([]);
  });
});
