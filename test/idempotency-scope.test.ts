import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { essence, isReplay, problem } from './support/answers.ts';
import type { Answer, Client } from './support/client.ts';
import { eraseNow } from './support/erasures.ts';
import { ended, later } from './support/requests.ts';
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

  test("a bound key's creation that made nothing, or nothing yet, is replayed as it was", async () => {
    const [home, elsewhere] = [await newCustomer(), await newCustomer()];
    const bound = await service.withKey({ name: 'bud', customerId: home });
    const create = (body: object, headers: Record<string, string>) => () =>
      bound.send('POST', '/v1/customers', { body: { parentId: home, ...body }, headers });
    await expectReplay(create({ email: 'bad' }, withKeyHeader(newKey())), 422);
    await expectReplay(create({ parentId: elsewhere }, withKeyHeader(newKey())), 422);
    await expectReplay(create({}, { ...withKeyHeader(newKey()), 'if-match': '"1"' }), 412);
    const accepted = create({ parentId: elsewhere }, { ...withKeyHeader(newKey()), ...later });
    const location = (await expectReplay(accepted, 202)).headers.get('location');
    expect((await ended(bound, await accepted()))['status']).toBe('failed');
    expect((await accepted()).headers.get('location')).toBe(location);
  });

  test('a bound key is not told that a customer which it never saw was erased', async () => {
    // Elsewhere, since the change of who was erased is told to nobody any more.
    const other = { ...service, ...(await service.otherTenant()) };
    const [home, elsewhere] = [idOf(await other.create()), idOf(await other.create())];
    const bound = await service.withKey({ tenantId: other.tenantId, customerId: home });
    const headers = withKeyHeader(newKey());
    const change = () => bound.patch(elsewhere, { note: 'x' }, headers);
    expect((await change()).status).toBe(404);
    await eraseNow(other, elsewhere);
    expect(problem(await change())).toBe('not-found');
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

test('every change of this file has one history row and one outbox row', async () => {
  expect(await unpairedChanges(service.database, service.tenantId)).toEqual([]);
});
