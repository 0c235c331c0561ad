import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contracts } from '../../src/contracts/all.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

/** Sends these bytes on a connection of their own, and gives what came back until it ended. */
const raw = async (text: string) => {
  const { hostname, port } = new URL(service.address);
  const socket = connect(Number(port), hostname);
  let got = '';
  socket.on('data', (chunk) => {
    got += chunk;
  });
  socket.write(text);
  await once(socket, 'close');
  const [head = '', body = ''] = got.split('\r\n\r\n');
  const header = (name: string) => new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1];
  return { status: Number(head.split(' ', 2)[1]), header, body: body === '' ? {} : JSON.parse(body) };
};

const request = (line: string, ...headers: string[]) =>
  `${[`${line} HTTP/1.1`, 'Host: x', 'Connection: close', ...headers].join('\r\n')}\r\n\r\n`;

describe('our own API answers with a problem document and the id of the request', () => {
  test.each([
    ['a path out of the pages', request('GET /docs/static/../../../etc/passwd'), 404, 'not-found'],
    ['a NUL in a page', request('GET /docs/static/a%00b'), 404, 'not-found'],
    [
      'a range of a page that is not there',
      request('GET /docs/static/index.css', 'Range: bytes=99999999-'),
      400,
      'invalid-header',
    ],
    [
      'a body for nothing',
      `${request('POST /nowhere', 'Content-Type: application/json', 'Content-Length: 1')}{`,
      404,
      'not-found',
    ],
    [
      'a body for a page',
      `${request('POST /docs', 'Content-Type: application/json', 'Content-Length: 1')}{`,
      405,
      'method-not-allowed',
    ],
    [
      'a body for a probe',
      `${request('POST /healthz', 'Content-Type: application/json', 'Content-Length: 1')}{`,
      405,
      'method-not-allowed',
    ],
    [
      'a body that is too large for nothing',
      request('POST /nowhere', 'Content-Type: application/json', 'Content-Length: 99999999'),
      404,
      'not-found',
    ],
    ['a tunnel', request('CONNECT example.org:443'), 400, 'malformed-request'],
    ['a method that nobody knows', request('FROB /v1/customers'), 400, 'malformed-request'],
    ['HTTP/2 without an agreement', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400, 'malformed-request'],
    [
      'a URL that is too long',
      request(`GET /v1/customers?name=${'a'.repeat(20_000)}`),
      431,
      'headers-too-large',
    ],
  ])('to %s', async (_what, text, status, code) => {
    const answer = await raw(text);
    expect(answer).toMatchObject({ status, body: { status, type: `urn:customary:problem:${code}` } });
    expect(answer.header('content-type')).toContain('application/problem+json');
    expect(answer.header('request-id')).toBe(answer.body.requestId);
  });
});

test.each(contracts)(
  'an expectation that nobody knows is left aside by $id',
  async ({ prefix, errorMediaType }) => {
    const answer = await raw(request(`GET ${prefix}/x`, 'Expect: wonders', 'X-Request-Id: mine'));
    expect(answer.status).toBe(404);
    expect(answer.header('content-type')).toContain(errorMediaType);
    expect(answer.header('request-id')).toBe('mine');
  },
);

test.each([
  ['that says to go on', 'keep-alive'],
  ['that says to end', 'close'],
])(
  'what is sent after a whole request, on a connection %s, does not take the answer of it',
  async (_what, connection) => {
    const { id } = await service.create();
    const head = `DELETE /v1/customers/${id} HTTP/1.1\r\nHost: x\r\nConnection: ${connection}`;
    const key = `Authorization: Bearer ${service.secret}`;
    const answer = await raw(`${head}\r\n${key}\r\nContent-Length: 1\r\n\r\n{}`);
    const gone = (await service.get(`/v1/customers/${id}`)).status === 404;
    expect([answer.status, gone]).toEqual([204, true]);
    expect(answer.header('connection')).toBe('close');
  },
);

test('whoever asks whether to go on, in any case, is told so', async () => {
  const { hostname, port } = new URL(service.address);
  const socket = connect(Number(port), hostname);
  socket.write(request('POST /v1/customers', 'Expect: 100-Continue', 'Content-Length: 2'));
  const [first] = await once(socket, 'data');
  expect(String(first)).toMatch(/^HTTP\/1.1 100 Continue/);
  socket.destroy();
});
