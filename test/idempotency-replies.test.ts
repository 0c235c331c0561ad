import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { essence, isReplay, problem, range } from './support/answers.ts';
import { type Answer, createClient } from './support/client.ts';
import { holdCustomer } from './support/lock.ts';
import { poison, refusePoison } from './support/poison.ts';
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
    const send = () => service.patch(id, poison, headers);
    const refusing = await refusePoison(service.database);
    const refused = await send();
    await refusing.end();
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

test('every change of this file has one history row and one outbox row', async () => {
  expect(await unpairedChanges(service.database, service.tenantId)).toEqual([]);
});
