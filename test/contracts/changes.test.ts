import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contracts } from '../../src/contracts/all.ts';
import { noDisclosures } from '../../src/customer/disclosures.ts';
import { essence, isReplay } from '../support/answers.ts';
import type { Answer } from '../support/client.ts';
import { madeSender } from '../support/made-client.ts';
import { madeUp } from '../support/made-up.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
let send: ReturnType<typeof madeSender>;
beforeAll(async () => {
  service = await startService({ contracts: [...contracts, madeUp] });
  send = madeSender(service, service);
});
afterAll(() => service.stop());

const make = async (data?: object): Promise<{ id: string; number: number; path: string }> => {
  const { id, number } = await service.create(data);
  return { id, number, path: `/customers/${number}/` };
};
const faults = (answer: Answer): [string, string][] =>
  answer.body['faults'].map((fault: { pointer: string; rule: string }) => [fault.pointer, fault.rule]);

describe('a refusal of the record’s own rules', () => {
  test('names the member as the contract does', async () => {
    const { path } = await make();
    const answer = await send('PATCH', path, { body: { code: 'x'.repeat(26), title: 1 } });
    expect([answer.status, faults(answer)]).toEqual([
      422,
      [
        ['/title', 'type'],
        ['/code', 'maxLength'],
      ],
    ]);
  });

  test('names it for a taken value and a lacking permission too', async () => {
    await make({ kind: 'person', accountNumber: 'TAKEN-1' });
    const { id, path } = await make();
    const taken = await send('PATCH', path, { body: { code: 'TAKEN-1' } });
    expect([taken.status, faults(taken)]).toEqual([409, [['/code', 'unique']]]);
    await service.patch(id, { protectionLevel: 2 });
    const weak = await service.withKey({ scopes: ['customer:write'] });
    const sender = madeSender(weak, { ...weak, tenantName: service.tenantName });
    const refused = await sender('PATCH', path, { body: { title: 'x' } });
    expect([refused.status, faults(refused)]).toEqual([403, [['/title', 'personal:write']]]);
  });
});

describe('a customer named by its number', () => {
  test('is read and changed, and parents are numbers both ways', async () => {
    const [parent, child] = [await make(), await make()];
    const moved = await send('PATCH', child.path, { body: { parent: parent.number } });
    expect(moved.body).toMatchObject({ number: child.number, parent: parent.number });
    expect((await service.get(`/v1/customers/${child.id}`)).body['parentId']).toBe(parent.id);
    expect((await send('GET', child.path)).body['parent']).toBe(parent.number);
    const made = await send('POST', '/customers/', { body: { title: 'New', parent: child.number } });
    expect([made.status, made.body['parent']]).toEqual([201, child.number]);
    expect((await send('PATCH', child.path, { body: { parent: null } })).body['parent']).toBeNull();
  });

  test('as a parent that nobody has, or whom the caller does not see, is refused alike', async () => {
    const [root, stranger] = [await make(), await make()];
    const child = await make({ kind: 'person', parentId: root.id });
    const key = await service.withKey({ customerId: root.id });
    const bound = madeSender(key, { ...key, tenantName: service.tenantName });
    const other = await service.otherTenant();
    const foreign = await other.create();
    const numbers = [stranger.number, foreign['number'] + 1000, 2_000_000_000, 2 ** 40, 0, -1, 1.5];
    const answers = await Promise.all(
      numbers.map((parent) => bound('PATCH', child.path, { body: { parent } })),
    );
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect([answers[0]?.status, faults(answers[0] as Answer)]).toEqual([422, [['/parent', 'exists']]]);
    const sibling = await make({ kind: 'person', parentId: root.id });
    expect((await bound('PATCH', child.path, { body: { parent: sibling.number } })).status).toBe(200);
  });

  test('is for a bound key as unknown as one that nobody has', async () => {
    const [root, stranger] = [await make(), await make()];
    const key = await service.withKey({ customerId: root.id });
    const bound = madeSender(key, { ...key, tenantName: service.tenantName });
    expect((await bound('GET', root.path)).status).toBe(200);
    for (const method of ['GET', 'PATCH', 'DELETE']) {
      const options = method === 'PATCH' ? { body: { title: 'x' } } : {};
      const [hidden, absent] = [
        await bound(method, stranger.path, options),
        await bound(method, '/customers/2000000000/', options),
      ];
      expect([hidden.status, hidden.body['made']]).toEqual([404, 'not-found']);
      expect(hidden.text.replace(stranger.path, '')).toBe(absent.text.replace('/customers/2000000000/', ''));
    }
    expect((await send('GET', stranger.path)).status).toBe(200);
  });

  test('has an id for those who see it alone, and no impossible number has one', async () => {
    const [root, stranger] = [await make(), await make()];
    const { reader } = service.app.door;
    const tenant = { id: service.tenantId, name: '', secret: Buffer.alloc(0) };
    const idOf = (number: number, customerId: string | null) =>
      reader.idOfNumber(
        {
          tenant,
          principal: { name: '', scopes: new Set(), customerId },
          contract: 'made',
          operation: '',
          requestId: '',
          reason: null,
          newId: () => '',
          disclosed: noDisclosures(null),
        },
        number,
      );
    expect(await idOf(stranger.number, null)).toBe(stranger.id);
    expect(await idOf(root.number, root.id)).toBe(root.id);
    expect(await idOf(stranger.number, root.id)).toBeUndefined();
    for (const none of [0, -1, 1.5, 2 ** 31, 2 ** 60, Number.NaN])
      expect(await idOf(none, null)).toBeUndefined();
  });

  test('of another tenant is not this tenant’s', async () => {
    const other = await service.otherTenant();
    await other.create({ kind: 'person', name: 'Theirs' });
    const mine = await service.withKey();
    const first = await madeSender(mine, { ...mine, tenantName: service.tenantName })(
      'GET',
      '/customers/1001/',
    );
    const theirs = await madeSender(other, other)('GET', '/customers/1001/');
    expect(first.body['title']).not.toBe('Theirs');
    expect(theirs.body['title']).toBe('Theirs');
  });

  test('when many are asked at once, each answer is of its own', async () => {
    const made = await Promise.all(Array.from({ length: 30 }, () => make()));
    const answers = await Promise.all(made.map(({ path }) => send('GET', path)));
    expect(answers.map(({ body }) => body['number'])).toEqual(made.map(({ number }) => number));
  });

  test('that is created and named as a parent in the same moment is found or refused, never mistaken', async () => {
    const parents = await Promise.all(
      Array.from({ length: 10 }, (_, index) => send('POST', '/customers/', { body: { title: `P${index}` } })),
    );
    const children = await Promise.all(
      parents.map(({ body }) => send('POST', '/customers/', { body: { parent: body['number'] } })),
    );
    expect(children.map(({ body }) => body['parent'])).toEqual(parents.map(({ body }) => body['number']));
  });
});

describe('every answer with a customer', () => {
  test('has its entity tag, and a change keeps to If-Match', async () => {
    const made = await send('POST', '/customers/', { body: { title: 'A' } });
    const path = `/customers/${made.body['number']}/`;
    const changed = await send('PATCH', path, { body: { title: 'B' }, headers: { 'if-match': '"1"' } });
    expect([made, changed, await send('GET', path)].map(({ headers }) => headers.get('etag'))).toEqual([
      '"1"',
      '"2"',
      '"2"',
    ]);
    const stale = await send('PATCH', path, { body: { title: 'C' }, headers: { 'if-match': '"1"' } });
    expect([stale.status, stale.body['made']]).toEqual([412, 'precondition-failed']);
    expect((await send('GET', path, { headers: { 'if-none-match': '"2"' } })).status).toBe(304);
    const gone = await send('DELETE', path, { headers: { 'if-match': '"2"' } });
    expect([gone.status, gone.headers.get('etag')]).toEqual([204, null]);
  });
});

describe('Customary-Ignored', () => {
  const ignored = async (body: object, headers = {}) =>
    (await send('PATCH', (await make()).path, { body, headers })).headers.get('customary-ignored');

  test('names what was not looked at, and is absent otherwise', async () => {
    expect(await ignored({ title: 'A', clock: 1, links: [] })).toBe('clock, links');
    expect(await ignored({ title: 'A' })).toBeNull();
  });

  test('holds any name a client may send, and never more than a header may', async () => {
    expect(await ignored({ 'a,b': 1, 'ä\r\nSet-Cookie: x': 1, '%': 1 })).toBe(
      'a%2Cb, %C3%A4%0D%0ASet-Cookie:%20x, %25',
    );
    const many = await ignored(Object.fromEntries(Array.from({ length: 900 }, (_, n) => [`member${n}`, n])));
    expect(many?.length).toBeLessThan(2100);
    expect(many).toMatch(/^member0, member1, .*, \.\.\.$/);
  });

  test('is replayed, and the names do not lie open in the database', async () => {
    const { path } = await make();
    const again = { body: { title: 'A', Zmarie: 1 }, headers: { 'x-made-key': 'ignored' } };
    const [first, second] = [await send('PATCH', path, again), await send('PATCH', path, again)];
    expect([isReplay(second), second.headers.get('customary-ignored')]).toEqual([true, 'Zmarie']);
    expect(essence(second)).toEqual(essence(first));
    const rows = await service.database.query<{ row: string }>(
      'SELECT headers AS row FROM idempotency_reply',
    );
    expect(rows.length).toBeGreaterThan(0);
    for (const { row } of rows) expect(row).not.toContain('Zmarie');
  });
});

describe('a key that is compared byte by byte', () => {
  const sendRaw = (path: string, body: string, headers: Record<string, string>) =>
    send('PATCH', path, { body, headers: { 'x-made-key': 'exact', ...headers } });

  test('replays the identical request', async () => {
    const { path } = await make();
    const key = { 'x-made-key': 'identical "quoted" text' };
    const [first, again] = [
      await sendRaw(path, '{"title":"A"}', key),
      await sendRaw(path, '{"title":"A"}', key),
    ];
    expect([first.status, isReplay(first), isReplay(again)]).toEqual([200, false, true]);
    expect(essence(again)).toEqual(essence(first));
  });

  test('refuses a request that differs in a byte, the URL, or a header that steers the change', async () => {
    const { path } = await make();
    const other = await make();
    expect((await sendRaw(path, '{"title":"A"}', {})).status).toBe(200);
    const changed = [
      await sendRaw(path, '{"title":"A" }', {}),
      await sendRaw(path, '{"title":"B"}', {}),
      await sendRaw(path.replace(/\/$/, ''), '{"title":"A"}', {}),
      await sendRaw(other.path, '{"title":"A"}', {}),
      await sendRaw(path, '{"title":"A"}', { 'if-match': '*' }),
      await sendRaw(path, '{"title":"A"}', { 'content-type': 'application/json; charset=utf-8' }),
      await sendRaw(path, '{"title":"A"}', { 'customary-reason': 'another' }),
    ];
    expect(changed.map(({ body }) => body['made'])).toEqual(changed.map(() => 'idempotency-key-reused'));
    expect(isReplay(await sendRaw(path, '{"title":"A"}', { accept: 'application/json' }))).toBe(true);
  });

  test('has the contract’s header and length, and its text is taken as it is', async () => {
    const { path } = await make();
    const native = { 'idempotency-key': 'not read here' };
    await send('PATCH', path, { body: { title: 'A' }, headers: native });
    expect(isReplay(await send('PATCH', path, { body: { title: 'A' }, headers: native }))).toBe(false);
    expect((await sendRaw(path, '{}', { 'x-made-key': 'k'.repeat(256) })).status).toBe(200);
    const long = await sendRaw(path, '{}', { 'x-made-key': 'k'.repeat(257) });
    expect([long.status, faults(long)]).toEqual([400, [['X-Made-Key', 'maxLength']]]);
    const empty = await sendRaw(path, '{}', { 'x-made-key': '' });
    expect([empty.status, faults(empty)]).toEqual([400, [['X-Made-Key', 'minLength']]]);
    const quoted = await sendRaw(path, '{"title":"Q"}', { 'x-made-key': '"k"' });
    const bare = await sendRaw(path, '{"title":"R"}', { 'x-made-key': 'k' });
    expect([quoted.status, bare.status]).toEqual([200, 200]);
  });

  test('keeps the 404 of an unknown number, whoever gets that number later', async () => {
    const [last] = await service.database.query<{ number: number }>(
      'SELECT last_number AS number FROM tenant_state WHERE tenant_id = $1',
      [service.tenantId],
    );
    const path = `/customers/${(last?.number ?? 0) + 1}/`;
    const first = await sendRaw(path, '{"title":"A"}', { 'x-made-key': 'too early' });
    await make();
    const again = await sendRaw(path, '{"title":"A"}', { 'x-made-key': 'too early' });
    expect([first.status, again.status, isReplay(again)]).toEqual([404, 404, true]);
    expect((await sendRaw(path, '{"title":"A"}', { 'x-made-key': 'in time' })).status).toBe(200);
  });

  test('replays a deletion, although the customer is gone', async () => {
    const { path } = await make();
    const remove = () => send('DELETE', path, { headers: { 'x-made-key': `remove ${path}` } });
    expect([(await remove()).status, (await remove()).status]).toEqual([204, 204]);
    expect((await send('DELETE', path)).status).toBe(404);
  });
});
