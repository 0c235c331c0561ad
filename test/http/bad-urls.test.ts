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
  service = await startService();
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

describe('a URL', () => {
  const absent = { type: 'urn:customary:problem:not-found', status: 404 };
  test.each([
    ['a number', '7'],
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
      contract,
      path: contract.prefix + path.replace(/\{\w+\}/g, '018f0000-0000-7000-8000-000000000000'),
      allow: contract.routes.filter((route) => route.path === path).map((route) => route.method as string),
    })),
  );
  test.each(paths)('$path: 405 with Allow, body or none', async ({ contract, path, allow }) => {
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
        expect(answer.status, `${method} ${path}`).toBe(405);
        expect(answer.headers['content-type']).toContain(contract.errorMediaType);
        const ours = 'urn:customary:problem:method-not-allowed';
        expect(answer.body['type'] === ours).toBe(contract.prefix === '/v1');
        expect(String(answer.headers['allow']).split(', ').sort()).toEqual(all.sort());
      }
    }
    const options = await wire.send({ method: 'OPTIONS', path });
    expect(options).toMatchObject({ status: 204, text: '' });
    expect(String(options.headers['allow']).split(', ').sort()).toEqual(all.sort());
  });
});
