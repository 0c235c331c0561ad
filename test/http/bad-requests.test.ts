import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { contracts } from '../../src/contracts/all.ts';
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

describe('a URL', () => {
  const absent = { type: 'urn:customary:problem:not-found', status: 404 };
  test.each([
    ['a number', '7'],
    ['capitals', '018F0000-0000-7000-8000-000000000000'],
    ['braces', '%7B018f0000-0000-7000-8000-000000000000%7D'],
    ['a NUL', '018f0000-0000-7000-8000-00000000000%00'],
    ['a line end', '018f0000-0000-7000-8000-000000000000%0A'],
    ['SQL', '%27%20OR%201=1--'],
    ['300 characters', 'a'.repeat(300)],
    ['a word of every object', '__proto__'],
    ['a path', '..%2F..%2Fetc'],
  ])('with an id that is none (%s) is as one with an unknown id', async (_what, text) => {
    const unknown = '018f0000-0000-7000-8000-000000000000';
    for (const [method, below] of [
      ['GET', ''],
      ['GET', '/history'],
      ['PATCH', ''],
      ['POST', '/history/1/undo'],
    ] as const) {
      const request = (one: string) =>
        wire.send({
          ...(method === 'PATCH' ? patch({}) : {}),
          method,
          path: `/v1/customers/${one}${below}`,
          headers: { ...(method === 'PATCH' ? json : {}), 'x-request-id': 'same' },
        });
      const answer = await request(text);
      expect(answer.body, `${method} ${below}`).toMatchObject(absent);
      expect(answer.text).toBe((await request(unknown)).text);
    }
  });

  test.each(['0', '-1', '01', '1.5', 'x', '1'.repeat(16), '9'.repeat(15)])(
    'with the version %s is refused as unknown',
    async (version) => {
      const answer = await wire.send({ method: 'POST', path: `${at}/history/${version}/undo` });
      expect(answer.body).toMatchObject({ status: 404 });
    },
  );

  test.each(['/v1/customers/%', '/v1/customers/%zz', '/v1/customers/%C3', '/%', '/v1/%FF'])(
    'that is not well-formed (%s) is refused in words',
    async (path) => {
      const answer = await wire.send({ path });
      expect(answer.body).toMatchObject({ status: 400, errors: [{ pointer: 'URL', rule: 'encoding' }] });
      expect(answer.headers['content-type']).toContain('application/problem+json');
      expect(answer.headers['request-id']).toBe(answer.body['requestId']);
    },
  );

  test.each(['/', '/v1', '/v1/', '/v1/nothing', '/v2/customers', '/v1/customers/', '//v1/customers'])(
    'that leads nowhere (%s) is a problem like any other',
    async (path) => {
      const answer = await wire.send({ path });
      expect(answer.body).toMatchObject(absent);
      expect(answer.headers['content-type']).toContain('application/problem+json');
    },
  );

  test('of ten thousand characters is answered', async () => {
    const answer = await wire.send({ path: `/v1/customers?name=${'a'.repeat(10_000)}` });
    expect([200, 400]).toContain(answer.status);
  });
});

describe('a method that a path does not have', () => {
  const paths = contracts.flatMap((contract) =>
    [...new Set(contract.routes.map((route) => route.path))].map((path) => ({
      path: contract.prefix + path.replace(/\{\w+\}/g, '018f0000-0000-7000-8000-000000000000'),
      allow: contract.routes.filter((route) => route.path === path).map((route) => route.method as string),
    })),
  );
  test.each(paths)('$path: 405 with Allow, body or none', async ({ path, allow }) => {
    const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND', 'LOCK', 'SEARCH'];
    const all = [...allow, ...(allow.includes('GET') ? ['HEAD'] : []), 'OPTIONS'];
    for (const method of methods.filter((one) => !allow.includes(one))) {
      for (const body of [undefined, '{"a":1}', 'x'.repeat(5000)]) {
        if (method === 'TRACE' && body !== undefined) continue;
        const answer = await wire.send({
          method,
          path,
          ...(body === undefined ? {} : { body, headers: json }),
        });
        expect(answer.body, `${method} ${path}`).toMatchObject({
          type: 'urn:customary:problem:method-not-allowed',
          status: 405,
        });
        expect(String(answer.headers['allow']).split(', ').sort()).toEqual(all.sort());
      }
    }
    const options = await wire.send({ method: 'OPTIONS', path });
    expect(options).toMatchObject({ status: 204, text: '' });
    expect(String(options.headers['allow']).split(', ').sort()).toEqual(all.sort());
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
