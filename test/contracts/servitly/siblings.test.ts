import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startService, type TestService } from '../../support/service.ts';
import { logIn, type ServitlyClient } from './client.ts';

let service: TestService;
let client: ServitlyClient;
beforeAll(async () => {
  service = await startService();
  client = await logIn(service);
});
afterAll(() => service.stop());

const all = '/network/customers';
const make = async (data: object = {}): Promise<string> =>
  (await service.create({ kind: 'person', ...data }, { 'customary-reason': 'a test' }))['id'];
const record = async (of: string) => (await service.get(`/v1/customers/${of}`)).body;
const full = { name: 'Ada', country: 'Italy', timeZone: 'Europe/Rome', attributes: { foo: '1', bar: '2' } };

describe('PATCH', () => {
  test.each([
    [{}, {}],
    [{ name: 'Grace' }, { name: 'Grace' }],
    [{ country: null }, { country: null }],
    [
      { timezone: null, name: null },
      { timezone: null, name: null },
    ],
    [{ properties: {} }, {}],
    [{ properties: { foo: 'abc' } }, { properties: { foo: 'abc', bar: '2' } }],
    [{ properties: { foo: null, baz: '3' } }, { properties: { bar: '2', baz: '3' } }],
    [{ properties: { nothing: null } }, {}],
    [{ properties: { foo: null, bar: null } }, { properties: {} }],
    [{ properties: null }, { properties: {} }],
    [{ creationTimestamp: 1, id: 'x', nickname: 'A' }, {}],
  ])('%j changes what it says and nothing else', async (patch, changed) => {
    const id = await make({ ...full, email: 'ada@example.org' });
    const before = (await client.get(`${all}/${id}`)).body;
    const answer = await client.patch(id, patch);
    expect([answer.status, answer.body]).toEqual([200, { ...before, ...changed }]);
    const { version, email } = await record(id);
    expect([version, email]).toEqual([Object.keys(changed).length === 0 ? 1 : 2, 'ada@example.org']);
    expect(answer.headers.get('etag')).toBe(`"${version}"`);
  });
});

describe('GET', () => {
  test('shows a customer with its entity tag, and 304 to one who has it', async () => {
    const id = await make(full);
    const answer = await client.get(`${all}/${id}`);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      id,
      name: 'Ada',
      timezone: 'Europe/Rome',
      properties: { foo: '1', bar: '2' },
    });
    const etag = answer.headers.get('etag') ?? '';
    expect(etag).toBe('"1"');
    const known = await client.get(`${all}/${id}`, { 'if-none-match': etag });
    expect([known.status, known.text]).toEqual([304, '']);
  });

  test('shows what a caller may not see as a mask, or as nothing', async () => {
    const key = await service.withKey({ scopes: ['customer:read', 'customer:write'] });
    const reader = await logIn(key);
    const servitly = { firstAccessTimestamp: 1578432000000 };
    for (const [protectionLevel, name] of [
      [2, '***'],
      [3, null],
    ] as const) {
      const id = await make({ ...full, extensions: { servitly }, protectionLevel });
      const { body } = await reader.get(`${all}/${id}`);
      expect(body).toMatchObject({ name, country: 'Italy', firstAccessTimestamp: null });
      const back = await reader.put(id, { ...body, country: 'Sweden' });
      expect([back.status, back.body]).toEqual([200, { ...body, country: 'Sweden' }]);
      expect(await record(id)).toMatchObject({ name: 'Ada', country: 'Sweden', extensions: { servitly } });
    }
  });
});

describe('POST', () => {
  test('makes a customer and says where it is', async () => {
    const sent = { name: 'Ada', country: 'Italy', timezone: 'Europe/Rome', properties: { foo: 'abc' } };
    const answer = await client.send('POST', all, { body: { ...sent, id: 'mine', lastAccessTimestamp: 1 } });
    expect(answer.status).toBe(201);
    const { id, creationTimestamp } = answer.body;
    expect(answer.body).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      ...sent,
      creationTimestamp,
      firstAccessTimestamp: null,
      lastAccessTimestamp: null,
    });
    expect(answer.headers.get('location')).toBe(`/servitly/network/customers/${id}`);
    expect(answer.headers.get('etag')).toBe('"1"');
    expect(answer.headers.get('customary-ignored')).toBe('id, lastAccessTimestamp');
    const { createdAt, ...made } = await record(id);
    expect(Date.parse(createdAt as string)).toBe(creationTimestamp);
    expect(made).toMatchObject({
      name: 'Ada',
      country: 'Italy',
      timeZone: 'Europe/Rome',
      attributes: { foo: 'abc' },
    });
  });

  test('makes one of nothing, and none of what is wrong', async () => {
    const answer = await client.send('POST', all, { body: {} });
    expect([answer.status, answer.body]).toEqual([
      201,
      expect.objectContaining({ name: null, country: null, timezone: null, properties: {} }),
    ]);
    const total = async () => (await client.list({ size: '1' })).body['totalElements'];
    const before = await total();
    const refused = await client.send('POST', all, { body: { name: 'Ada', timezone: 'x' } });
    expect([refused.status, refused.body['message']]).toEqual([
      400,
      'Bad request: timezone must match format "time-zone"',
    ]);
    expect(await total()).toBe(before);
  });

  test('of a key that is bound to a customer makes a sub-customer of it', async () => {
    const root = await make();
    const bound = await logIn(await service.withKey({ customerId: root }));
    const { status, body } = await bound.send('POST', all, { body: { name: 'Below' } });
    expect(status).toBe(201);
    expect((await record(body['id']))['parentId']).toBe(root);
    expect((await bound.get(`${all}/${body['id']}`)).status).toBe(200);
  });

  test('with a key that was used makes none twice', async () => {
    const once = () =>
      client.send('POST', all, { body: { name: 'Once' }, headers: { 'idempotency-key': 'servitly-once' } });
    const [first, again] = [await once(), await once()];
    expect([again.status, again.text]).toEqual([201, first.text]);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
  });
});

describe('DELETE', () => {
  const remove = (id: string, headers = {}) => client.send('DELETE', `${all}/${id}`, { headers });

  test('removes a customer for everybody', async () => {
    const id = await make();
    expect([(await remove(id)).status, (await remove(id)).status]).toEqual([204, 404]);
    expect((await client.get(`${all}/${id}`)).body).toEqual({ message: 'Resource not found' });
    expect((await service.get(`/v1/customers/${id}`)).status).toBe(404);
  });

  test('is refused for one with sub-customers, and for another version', async () => {
    const parent = await make();
    await make({ parentId: parent });
    const answer = await remove(parent);
    expect([answer.status, answer.body]).toEqual([
      409,
      { message: 'Conflict: The customer has sub-customers' },
    ]);
    const stale = await remove(await make(), { 'if-match': '"2"' });
    expect([stale.status, stale.body]).toEqual([
      412,
      { message: 'Precondition failed: The record has another version' },
    ]);
  });

  test('needs its own permission', async () => {
    const id = await make();
    const writer = await logIn(await service.withKey({ scopes: ['customer:read', 'customer:write'] }));
    const { status, body } = await writer.send('DELETE', `${all}/${id}`);
    expect([status, body['message']]).toEqual([403, 'User not authorized: needs the scope customer:delete']);
  });
});
