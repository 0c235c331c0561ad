import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { essence, isReplay } from '../../support/answers.ts';
import { startService, type TestService } from '../../support/service.ts';
import { errorOf, newCustomer, type Sender, seamlessosSender, userToken } from './client.ts';

let service: TestService;
let send: Sender;
beforeAll(async () => {
  service = await startService();
  send = seamlessosSender(service);
});
afterAll(() => service.stop());

let keys = 0;
const newKey = () => ({ 'x-idempotency-key': `key-${++keys}` });
const make = async (): Promise<string> => (await send('POST', '', { body: newCustomer })).body['customerId'];
const text = '{"name":"Ada King","identity":"1"}';
const patch = (id: string, headers: Record<string, string>, body = text, query = '') =>
  send('PATCH', `/${id}${query}`, { body, contentType: 'application/json', headers });
/** What a modified request has otherwise. */
interface Modified {
  body?: string;
  headers?: Record<string, string>;
}

const mismatch = [409, 'idempotency_key_mismatch', []];

describe('the same request under the same key', () => {
  test('gets the same status, headers and body, and changes nothing again', async () => {
    const id = await make();
    const key = newKey();
    const first = await patch(id, key, '{"name":"Ada King","unknown":1}');
    await patch(id, {}, '{"name":"Another since"}');
    const again = await patch(id, key, '{"name":"Ada King","unknown":1}');
    expect([first.status, isReplay(first), isReplay(again)]).toEqual([200, false, true]);
    expect(essence(again)).toEqual(essence(first));
    expect([again.headers.get('etag'), again.headers.get('customary-ignored')]).toEqual(['"2"', 'unknown']);
    expect((await send('GET', `/${id}`)).body['name']).toBe('Another since');
  });

  test('gets the same refusal where that was decided against the record', async () => {
    const id = await make();
    const key = newKey();
    const first = await patch(id, key, '{"preferredLocale":"no locale"}');
    const again = await patch(id, key, '{"preferredLocale":"no locale"}');
    expect([errorOf(first), isReplay(again)]).toEqual([
      [400, 'VALIDATION_ERROR', ['INVALID_FORMAT preferredLocale']],
      true,
    ]);
    expect(essence(again)).toEqual(essence(first));
  });

  test('creates one customer', async () => {
    const key = newKey();
    const create = () => send('POST', '', { body: newCustomer, headers: key });
    const [first, again] = [await create(), await create()];
    expect([first.status, again.status, isReplay(again)]).toEqual([201, 201, true]);
    expect(again.body['customerId']).toBe(first.body['customerId']);
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
  });
});

describe('a modified request under the same key is rejected', () => {
  test.each([
    ['other bytes that mean the same', { body: '{"identity":"1","name":"Ada King"}' }],
    ['white space', { body: '{"name": "Ada King","identity":"1"}' }],
    ['another escape', { body: '{"name":"\\u0041da King","identity":"1"}' }],
    ['another value', { body: '{"name":"Ada","identity":"1"}' }],
    ['another version', { headers: { 'if-match': '"1"' } }],
    ['another reason', { headers: { 'customary-reason': 'another' } }],
    ['another content type', { headers: { 'content-type': 'application/json; charset=utf-8' } }],
  ] as [string, Modified][])('%s', async (_what, { body, headers }) => {
    const id = await make();
    const key = newKey();
    await patch(id, key);
    const answer = await patch(id, { ...key, ...headers }, body);
    expect(errorOf(answer)).toEqual(mismatch);
    expect((await send('GET', `/${id}`)).headers.get('etag')).toBe('"2"');
  });

  test('another method, path or customer', async () => {
    const [id, other] = [await make(), await make()];
    const key = newKey();
    await patch(id, key);
    const body = { body: text, contentType: 'application/json', headers: key };
    for (const [method, path] of [
      ['PUT', `/${id}`],
      ['PATCH', `/${other}`],
      ['PUT', `/${id}/billing`],
      ['POST', ''],
    ] as const) {
      expect(errorOf(await send(method, path, body)), `${method} ${path}`).toEqual(mismatch);
    }
    expect((await send('GET', `/${other}`)).headers.get('etag')).toBe('"1"');
  });

  test('and is not a modified one where only what steers nothing differs', async () => {
    const id = await make();
    const key = newKey();
    await patch(id, key);
    expect(isReplay(await patch(id, { ...key, 'x-request-id': 'another', 'user-agent': 'another' }))).toBe(
      true,
    );
  });
});

describe('the key', () => {
  test('has 1 to 256 characters, taken as they are', async () => {
    const id = await make();
    const longest = { 'x-idempotency-key': 'k'.repeat(256) };
    expect((await patch(id, longest)).status).toBe(200);
    expect(isReplay(await patch(id, longest))).toBe(true);
    const quoted = { 'x-idempotency-key': '"quoted"' };
    await patch(id, quoted);
    expect(isReplay(await patch(id, { 'x-idempotency-key': 'quoted' }))).toBe(false);
    for (const [key, code] of [
      ['k'.repeat(257), 'TOO_LONG'],
      ['', 'INVALID_VALUE'],
    ] as const) {
      const answer = await patch(id, { 'x-idempotency-key': key });
      expect(errorOf(answer)).toEqual([400, 'VALIDATION_ERROR', [`${code} X-Idempotency-Key`]]);
    }
  });

  test('is known in any case of the header’s name, and by no other name', async () => {
    const id = await make();
    await patch(id, { 'X-IDEMPOTENCY-KEY': 'any case' });
    expect(isReplay(await patch(id, { 'x-idempotency-key': 'any case' }))).toBe(true);
    await patch(id, { 'idempotency-key': 'other name' });
    expect(isReplay(await patch(id, { 'idempotency-key': 'other name' }))).toBe(false);
  });

  test('expires after 24 hours, and serves another request then', async () => {
    const id = await make();
    const key = newKey();
    await patch(id, key);
    const age = (interval: string) =>
      service.database.query(
        'UPDATE idempotency_reply SET created_at = now() - $2::interval WHERE customer_id = $1',
        [id, interval],
      );
    await age('23:59:00');
    expect(isReplay(await patch(id, key))).toBe(true);
    expect(errorOf(await patch(id, key, '{"name":"Later"}'))).toEqual(mismatch);
    await age('24:00:00');
    const later = await patch(id, key, '{"name":"Later"}');
    expect([later.status, isReplay(later), later.body['name']]).toEqual([200, false, 'Later']);
  });

  test('is apart for a key alone and with a user', async () => {
    const id = await make();
    const key = newKey();
    const token = await userToken(service, { name: 'anna' });
    await patch(id, key);
    const together = await patch(id, { ...key, authorization: `Bearer ${token}` });
    expect([together.status, isReplay(together)]).toEqual([200, false]);
  });
});

test('a request whose first is still running is told to come again, with Retry-After', async () => {
  const id = await make();
  const key = newKey();
  const answers = await Promise.all(Array.from({ length: 12 }, () => patch(id, key)));
  const made = answers.filter((one) => one.status === 200);
  const locked = answers.filter((one) => one.status === 409);
  expect([made.length >= 1, made.length + locked.length]).toEqual([true, 12]);
  for (const one of locked) {
    expect(errorOf(one)).toEqual([409, 'idempotency_key_locked', []]);
    expect(one.headers.get('retry-after')).toBe('1');
    expect(one.body['hint']).toContain('100 to 500 milliseconds');
  }
  expect(new Set(made.map(({ text }) => text)).size).toBe(1);
  expect((await send('GET', `/${id}`)).headers.get('etag')).toBe('"2"');
});
