import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startService, type TestService } from '../support/service.ts';
import { openWire, type Wire } from '../support/wire.ts';

let service: TestService;
let wire: Wire;
let id: string;
let at: string;
let before: string;
let port: number;
beforeAll(async () => {
  service = await startService({ settings: { BODY_LIMIT_BYTES: '2048', BATCH_LIMIT_BYTES: '4096' } });
  wire = openWire(service.address, service.secret);
  id = (await service.create({ kind: 'person', name: 'Ada' }))['id'];
  at = `/v1/customers/${id}`;
});
afterAll(async () => {
  wire.close();
  await service.stop();
});

const holdings = async () =>
  JSON.stringify(
    await service.database.query('SELECT c::text, (SELECT count(*) FROM history) FROM customer c'),
  );
beforeEach(async () => {
  port = (await wire.send({ path: at })).localPort;
  before = await holdings();
});
afterEach(async () => {
  expect((await wire.send({ path: at })).localPort).toBe(port);
  expect(await holdings()).toBe(before);
});

const json = { 'content-type': 'application/json' };
const patch = (headers: object, path = at) => ({
  method: 'PATCH',
  path,
  headers: { ...json, ...headers },
  body: '{"source":"changed"}',
});

describe('a header', () => {
  test.each([
    [{ 'idempotency-key': 'k'.repeat(257) }, 'Idempotency-Key', 'maxLength'],
    [{ 'idempotency-key': `"${'k'.repeat(257)}"` }, 'Idempotency-Key', 'maxLength'],
    [{ 'idempotency-key': ['one', 'two'] }, 'Idempotency-Key', 'single'],
    [{ 'idempotency-key': ['same', 'same'] }, 'Idempotency-Key', 'single'],
    [{ 'idempotency-key': '' }, 'Idempotency-Key', 'minLength'],
    [{ 'idempotency-key': '""' }, 'Idempotency-Key', 'minLength'],
    [{ 'idempotency-key': '"open' }, 'Idempotency-Key', 'format'],
    [{ 'idempotency-key': 'k\xe9y' }, 'Idempotency-Key', 'pattern'],
    [{ 'if-match': '7' }, 'If-Match', 'format'],
    [{ 'if-match': '"7' }, 'If-Match', 'format'],
    [{ 'if-match': '"1" "2"' }, 'If-Match', 'format'],
    [{ 'if-match': '"1", *' }, 'If-Match', 'format'],
    [{ 'if-match': '' }, 'If-Match', 'format'],
    [{ 'customary-reason': 'r'.repeat(1001) }, 'Customary-Reason', 'maxLength'],
    [{ 'customary-reason': ['one', 'two'] }, 'Customary-Reason', 'single'],
    [{ 'customary-reason': '\xff' }, 'Customary-Reason', 'utf8'],
  ])('%j is refused by its name and its rule', async (headers, pointer, rule) => {
    const answer = await wire.send(patch(headers));
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({
      type: 'urn:customary:problem:invalid-header',
      errors: [{ pointer, rule, detail: expect.stringMatching(/./) }],
    });
  });

  test('If-None-Match of a read is judged like If-Match', async () => {
    const answer = await wire.send({ path: at, headers: { 'if-none-match': 'W/1' } });
    expect(answer.body).toMatchObject({
      status: 400,
      errors: [{ pointer: 'If-None-Match', rule: 'format' }],
    });
  });

  test('of a content type that is not taken: 415, with those that are', async () => {
    for (const type of [
      'text/plain',
      'application/xml',
      'application/jsonx',
      'application/json; charset=latin1',
      'nonsense',
      '/',
      '',
    ]) {
      const answer = await wire.send(patch({ 'content-type': type }));
      expect(answer.body, type).toMatchObject({
        type: 'urn:customary:problem:unsupported-media-type',
        status: 415,
      });
      expect(answer.body['errors'][0], type).toMatchObject({ pointer: 'Content-Type' });
      expect(answer.headers['accept-patch']).toBe(
        'application/merge-patch+json, application/json, application/json-patch+json',
      );
    }
    const { 'content-type': _type, ...without } = patch({}).headers as Record<string, string>;
    expect((await wire.send({ ...patch({}), headers: without })).status).toBe(415);
    const put = await wire.send({
      ...patch({ 'content-type': 'application/merge-patch+json' }),
      method: 'PUT',
    });
    expect(put).toMatchObject({ status: 415, headers: { accept: 'application/json' } });
    expect(put.headers['accept-patch']).toBeUndefined();
  });
});

describe('a query parameter', () => {
  const list = '/v1/customers';
  test.each([
    [`${list}?colour=red`, 'colour', 'unknownParameter'],
    [`${list}?constructor=x`, 'constructor', 'unknownParameter'],
    [`${list}?toString=x`, 'toString', 'unknownParameter'],
    [`${list}?__proto__=x`, '__proto__', 'unknownParameter'],
    [`${list}?name=a&name=b`, 'name', 'single'],
    [`${list}?limit=1&limit=2`, 'limit', 'single'],
    [`${list}?limit=0`, 'limit', 'range'],
    [`${list}?limit=501`, 'limit', 'range'],
    [`${list}?limit=ten`, 'limit', 'range'],
    [`${list}?limit=`, 'limit', 'range'],
    [`${list}?limit=1e2`, 'limit', 'range'],
    [`${list}?sort=name`, 'sort', 'enum'],
    [`${list}?fields=shoeSize`, 'fields', 'unknownMember'],
    [`${list}?fields=constructor`, 'fields', 'unknownMember'],
    [`${list}?fields=`, 'fields', 'unknownMember'],
    [`${list}?parentId=root`, 'parentId', 'format'],
    [`${list}?number=x`, 'number', 'format'],
    [`${list}?updatedSince=yesterday`, 'updatedSince', 'format'],
    [`${list}?updatedSince=%2B275760-01-01T00:00:00Z`, 'updatedSince', 'format'],
    [`${list}?updatedSince=-000100-01-01T00:00:00Z`, 'updatedSince', 'format'],
    [`${list}?name=%20%2D`, 'name', 'minLength'],
    [`${list}?externalIds=x`, 'externalIds', 'unknownParameter'],
    [`${list}?name=%FF`, 'name', 'encoding'],
    [`${list}?name=%zz`, 'name', 'encoding'],
    [`${list}?name=100%`, 'name', 'encoding'],
    ['/v1/accesses?principal=a%00', 'principal', 'pattern'],
    ['AT?asOf=then', 'asOf', 'format'],
    ['AT?asOf=0', 'asOf', 'format'],
    ['AT?asOf=2020-01-01T00:00:00', 'asOf', 'format'],
    ['AT?asOf=%2B275760-01-01T00:00:00Z', 'asOf', 'format'],
    ['AT?asOf=-000100-01-01T00:00:00Z', 'asOf', 'format'],
    ['AT?toString=1', 'toString', 'unknownParameter'],
    ['AT?hasOwnProperty=1', 'hasOwnProperty', 'unknownParameter'],
    ['AT/history?before=0', 'before', 'range'],
    ['AT/history?limit=-1', 'limit', 'range'],
  ])('%s is refused', async (path, pointer, rule) => {
    const answer = await wire.send({ path: path.replace('AT', at) });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({
      type: 'urn:customary:problem:invalid-query',
      errors: [{ pointer, rule, detail: expect.stringMatching(/./) }],
    });
  });

  test.each([
    ['?dryRun=maybe', 'dryRun', 'type'],
    ['?onConflict=force', 'onConflict', 'enum'],
    ['?valueOf=1', 'valueOf', 'unknownParameter'],
  ])('%s of a change is refused', async (query, pointer, rule) => {
    const answer = await wire.send(patch({}, at + query));
    expect(answer.body).toMatchObject({ status: 400, errors: [{ pointer, rule }] });
  });

  test('a page token is good for its own tenant, list and order alone', async () => {
    const other = await service.otherTenant();
    for (const client of [service, other]) for (let more = 0; more < 2; more++) await client.create();
    const token = (await service.get('/v1/customers?limit=1')).body['nextPageToken'] as string;
    const foreign = (await other.get('/v1/customers?limit=1')).body['nextPageToken'];
    const cut = token.slice(0, -2);
    const [place, seal] = token.split('.');
    const moved = `${Buffer.from('["0","x"]').toString('base64url')}.${seal}`;
    const texts = [
      foreign,
      `${cut}`,
      moved,
      place,
      `.${seal}`,
      '.',
      '',
      'garbage',
      '%00',
      '%F0%9F%98%80',
      'a'.repeat(5000),
    ];
    for (const text of texts) {
      const answer = await wire.send({ path: `/v1/customers?limit=1&pageToken=${text}` });
      expect(answer.body, text).toMatchObject({
        type: 'urn:customary:problem:invalid-page-token',
        status: 400,
        errors: [{ pointer: 'pageToken', rule: 'pageToken' }],
      });
    }
    for (const query of ['name=ada', 'sort=-number', 'sort=updatedAt']) {
      const answer = await wire.send({ path: `/v1/customers?${query}&pageToken=${token}` });
      expect(answer.body['type'], query).toBe('urn:customary:problem:invalid-page-token');
    }
    expect((await wire.send({ path: `/v1/customers?limit=1&pageToken=${token}` })).status).toBe(200);
    before = await holdings();
  });
});

describe('a body beyond its limit', () => {
  const big = (bytes: number) => `{"note":"${'x'.repeat(bytes - 11)}"}`;
  test.each([
    ['PATCH', 2049],
    ['PATCH', 100_000],
    ['PUT', 2049],
    ['POST', 2049],
  ])('of %s with %i bytes: 413', async (method, bytes) => {
    const path = method === 'POST' ? '/v1/customers' : at;
    const chunked = { 'transfer-encoding': 'chunked' };
    for (const headers of [json, { ...json, ...chunked }]) {
      const answer = await wire.send({ method, path, headers, body: big(bytes) });
      expect(answer.body).toMatchObject({
        type: 'urn:customary:problem:payload-too-large',
        status: 413,
        errors: [{ pointer: '', rule: 'maxBytes' }],
      });
    }
  });

  test('of a batch has a limit of its own', async () => {
    const body = JSON.stringify({ changes: [{ op: 'create', body: { note: 'x'.repeat(3900) } }] });
    const batch = (text: string) =>
      wire.send({ method: 'POST', path: '/v1/customers/batch?dryRun=true', headers: json, body: text });
    expect((await batch(body)).status).toBe(200);
    expect((await batch(body.replace('xx', 'x'.repeat(400)))).status).toBe(413);
  });

  test('that is exactly at its limit is read', async () => {
    const answer = await wire.send({
      method: 'PATCH',
      path: `${at}?dryRun=true`,
      headers: json,
      body: big(2048),
    });
    expect(answer.status).toBe(200);
  });
});
