import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contracts } from '../../src/contracts/all.ts';
import { madeHeaders } from '../support/made-client.ts';
import { madeUp } from '../support/made-up.ts';
import { startService, type TestService } from '../support/service.ts';
import { openWire, type Wire, type WireAnswer } from '../support/wire.ts';

let service: TestService;
let wire: Wire;
let number: number;
beforeAll(async () => {
  service = await startService({
    contracts: [...contracts, madeUp],
    settings: { BODY_LIMIT_BYTES: '2048', RATE_LIMIT_KEY_PER_SECOND: '50' },
  });
  wire = openWire(service.address, service.secret);
  number = (await service.create())['number'];
});
afterAll(async () => {
  wire.close();
  await service.stop();
});

const ask = (path: string, method = 'GET', headers: object = {}, body?: string): Promise<WireAnswer> =>
  wire.send({ method, path, headers: { ...madeHeaders(service), ...headers }, ...(body ? { body } : {}) });

/** Everything that a client sees of whose shape an answer has. */
const shape = ({ status, body, headers }: WireAnswer) => [
  status,
  body['made'],
  headers['content-type']?.split(';')[0],
];
const json = 'application/json';

describe('below a prefix every answer has its contract’s shape', () => {
  test.each([
    '/made',
    '/made/',
    '/made?a=b',
    '/made/nothing',
    '/made/customers/x/',
    '/made/customers/2000000000',
    '/made/customers/99999999999999999999/',
    '/made/v1/customers',
    '/m%61de/nothing',
  ])('what is not there: %s', async (path) => {
    expect(shape(await ask(path))).toEqual([404, 'not-found', json]);
  });

  test.each(['/made/%', '/made/customers/%zz/', '/m%61de/%C3'])(
    'a path that is no text: %s',
    async (path) => {
      const answer = await ask(path);
      expect(shape(answer)).toEqual([400, 'invalid-query', json]);
      expect(answer.body['path']).toBe(path);
    },
  );

  test('a query that is no text, or unknown', async () => {
    for (const query of ['?a=%zz', '?unknown=1']) {
      expect(shape(await ask(`/made/customers/${number}/${query}`))).toEqual([400, 'invalid-query', json]);
    }
  });

  test('a method that is not there', async () => {
    for (const [path, method] of [
      ['/made/customers/', 'DELETE'],
      ['/made/customers', 'TRACE'],
      [`/made/customers/${number}`, 'PROPFIND'],
    ] as const) {
      const answer = await ask(path, method);
      expect(shape(answer)).toEqual([405, 'method-not-allowed', json]);
      expect(answer.headers['allow']).toContain('OPTIONS');
    }
  });

  test('a body that is too large, of another type, or no JSON', async () => {
    const path = `/made/customers/${number}/`;
    expect(shape(await ask(path, 'PATCH', {}, `"${'x'.repeat(3000)}"`))).toEqual([
      413,
      'payload-too-large',
      json,
    ]);
    expect(shape(await ask(path, 'PATCH', { 'content-type': 'text/plain' }, '{}'))).toEqual([
      415,
      'unsupported-media-type',
      json,
    ]);
    expect(shape(await ask(path, 'PATCH', {}, '{'))).toEqual([400, 'invalid-json', json]);
  });

  test('a caller who is unknown, may not, or asks too often', async () => {
    const path = `/made/customers/${number}/`;
    const none = await wire.send({ path, headers: { 'made-tenant': service.tenantName } });
    expect(shape(none)).toEqual([401, 'unauthenticated', json]);
    expect(none.headers['www-authenticate']).toBe('Basic realm="made"');
    expect(none.body['route']).toBe('read');
    const idle = { ...(await service.withKey({ scopes: [] })), tenantName: service.tenantName };
    expect(shape(await ask(path, 'GET', madeHeaders(idle)))).toEqual([403, 'forbidden', json]);
    const busy = { ...(await service.withKey()), tenantName: service.tenantName };
    const hasty = Array.from({ length: 200 }, () =>
      fetch(service.address + path, { headers: madeHeaders(busy) }),
    );
    const refused = (await Promise.all(hasty)).find((answer) => answer.status === 429);
    expect(await refused?.json()).toMatchObject({ made: 'rate-limited' });
  });

  test('a defect', async () => {
    const answer = await ask('/made/broken');
    expect(shape(answer)).toEqual([500, 'internal-error', json]);
    expect(answer.text).not.toContain('a defect');
  });

  test('and it may depend on what the client accepts', async () => {
    const answer = await ask('/made/nothing', 'GET', { accept: 'text/plain' });
    expect(answer.headers['content-type']).toContain('text/plain');
    expect(answer.text).toBe('made not-found');
  });
});

describe('a contract tells of a refusal', () => {
  test('the method, the path without its query, and the route', async () => {
    const path = `/made/customers/${number}`;
    const { body } = await ask(`${path}?secret=1`);
    expect(body).toMatchObject({ method: 'GET', path, route: 'read' });
    expect((await ask('/made/nothing?a=1')).body).toMatchObject({ path: '/made/nothing', route: null });
  });
});

describe('beside a prefix nothing has its shape', () => {
  test.each([
    '/',
    '/madeup',
    '/made%2Fcustomers',
    '/madex/customers',
    '/v1/nothing',
    '/mad',
    '//made',
    '/madeup/%zz',
  ])('%s', async (path) => {
    const answer = await ask(path);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.body['type']).toMatch(/^urn:customary:problem:/);
  });
});

describe('what is no HTTP', () => {
  /** Sends bytes on a connection of their own, each part after an answer to the former, and gives all that comes back. */
  const raw = async (bytes: string | string[]): Promise<string> => {
    const { hostname, port } = new URL(service.address);
    const socket = connect(Number(port), hostname);
    const answer = text(socket);
    const [first = '', ...others] = [bytes].flat();
    socket.write(first);
    for (const part of others) {
      await once(socket, 'data');
      socket.write(part);
    }
    return answer;
  };
  const tooLong = `x: ${'a'.repeat(20_000)}\r\n`;

  test.each([
    [
      'a header whose name is none',
      'GET /made/customers/1/ HTTP/1.1\r\nHost: a\r\n(): b\r\n\r\n',
      400,
      'malformed-request',
    ],
    ['another protocol', 'GET /made/customers/1/ HTTQ/1.1\r\n\r\n', 400, 'malformed-request'],
    ['too many headers', `GET /made/x HTTP/1.1\r\nHost: a\r\n${tooLong}\r\n`, 431, 'headers-too-large'],
    ['a line that never ends', `GET /made/${'a'.repeat(20_000)}`, 431, 'headers-too-large'],
  ])('has the shape of the contract that its first line names: %s', async (_what, bytes, status, made) => {
    const answer = await raw(bytes);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toContain(`"made":"${made}"`);
    expect(answer).toMatch(/connection: close/i);
  });

  test('has the shape of the contract that the connection spoke to before', async () => {
    const answer = await raw(['GET /made/nothing HTTP/1.1\r\nHost: a\r\n\r\n', '\0\0\0\r\n\r\n']);
    expect(answer.match(/"made":"[a-z-]+"/g)).toEqual(['"made":"not-found"', '"made":"malformed-request"']);
  });

  test('has our own shape where nothing tells', async () => {
    for (const bytes of ['\0\0\r\n\r\n', 'GET /madeup HTTQ/1.1\r\n\r\n']) {
      expect(await raw(bytes)).toContain('urn:customary:problem:malformed-request');
    }
  });
});

describe('paths and bodies', () => {
  test('are taken with and without the slash at the end', async () => {
    for (const path of [`/made/customers/${number}`, `/made/customers/${number}/`]) {
      expect((await ask(path)).body).toMatchObject({ number });
    }
    expect((await ask(`/made/customers/${number}//`)).status).toBe(404);
  });

  test('are read as JSON without a content type, empty or missing', async () => {
    for (const headers of [{}, { 'content-type': '' }]) {
      const answer = await ask(`/made/customers/${number}/`, 'PATCH', headers, '{"title":"Ada"}');
      expect(answer.body, JSON.stringify(headers)).toMatchObject({ title: 'Ada' });
    }
    expect(shape(await ask(`/made/customers/${number}/`, 'PATCH'))).toEqual([400, 'invalid-json', json]);
  });
});

test('has an OpenAPI document of its own: its credentials, its error media type, and what needs no key', async () => {
  const { status, body } = await wire.send({ path: '/made/openapi.json' });
  expect([status, body['servers'], body['security']]).toEqual([
    200,
    [{ url: '/made' }],
    [{ basic: [] }, { token: [] }],
  ]);
  const { '/login': login, '/customers/{number}/': one } = body['paths'];
  expect([login.post.security, one.get.security]).toEqual([[], undefined]);
  expect(Object.keys(one.get.responses[401].content)).toEqual(['application/json']);
  expect(shape(await ask('/made/openapi.json', 'POST'))).toEqual([405, 'method-not-allowed', json]);
});
