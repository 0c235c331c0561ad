import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fullCustomer } from '../support/full-customer.ts';
import { startService, type TestService } from '../support/service.ts';
import { openWire, type Wire } from '../support/wire.ts';

let service: TestService;
let wire: Wire;
beforeAll(async () => {
  service = await startService();
  wire = openWire(service.address, service.secret);
});
afterAll(async () => {
  wire.close();
  await service.stop();
});

/** Texts that are JSON, and that a database, a log or a header may choke on. */
const odd: [string, string][] = [
  ['NUL', 'a\u0000b'],
  ['only NUL', '\u0000'],
  ['control characters', '\u0001\u001f\u007f\u0085'],
  ['line ends', 'a\r\nSet-Cookie: x'],
  ['separators of lines', '\u2028\u2029'],
  ['right to left', '\u202egnp.exe'],
  ['an astral character', '\u{1f600}\u{10ffff}'],
  ['non-characters', '\ufffe\uffff\ufdd0'],
  ['a backslash', '\\\\x00\\'],
  ['quotes', `'";--`],
  ['braces', '{,}"\\NULL'],
  ['a combining mark', '\u0301'],
];

type Json = null | string | number | boolean | Json[] | { [name: string]: Json };

/** The document with every free text, and every made-up name, ending in the odd text. */
const withOdd = (value: Json, text: string): Json => {
  if (typeof value === 'string') return value.startsWith('Z') && !value.includes('@') ? text : value;
  if (Array.isArray(value)) return value.map((item) => withOdd(item, text));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name.startsWith('Z') ? text : name, withOdd(one, text)]),
  );
};

describe.each(odd)('a text with %s', (_what, text) => {
  test('comes back as it was from every member, and is found where it can be', async () => {
    const data = withOdd(fullCustomer() as Json, text) as Record<string, Json>;
    const made = await service.send('POST', '/v1/customers', {
      body: data,
      headers: { 'idempotency-key': `odd ${odd.findIndex(([, one]) => one === text)}` },
    });
    expect(made.status).toBe(201);
    const id = made.body['id'] as string;
    expect(made.body).toMatchObject({
      name: text,
      metadata: { [text]: text },
      externalIds: { [text]: text },
    });
    expect((await service.get(`/v1/customers/${id}`)).text).toBe(made.text);
    const patched = await service.patch(id, {
      metadata: { [`${text}2`]: text },
      attributes: { [text]: null, [`${text}3`]: text },
    });
    expect(patched.body['metadata'][`${text}2`]).toBe(text);
    const history = await service.get(`/v1/customers/${id}/history`);
    expect(history.body['entries']).toHaveLength(2);
    expect((await service.send('POST', `/v1/customers/${id}/history/2/undo`)).status).toBe(200);
    const found = await service.get(
      `/v1/customers?externalIds.${encodeURIComponent(text)}=${encodeURIComponent(text)}`,
    );
    expect(found.body['customers'].map((one: { id: string }) => one.id)).toEqual([id]);
    await service.remove(id);
  });

  test('in any query parameter finds nothing and breaks nothing', async () => {
    const value = encodeURIComponent(text);
    const filters = [
      'name',
      'email',
      'phone',
      'identifier',
      'kind',
      'status',
      'country',
      'accountNumber',
      'humanReadableId',
      'parentId',
      'number',
      'updatedSince',
      'sort',
      'limit',
      'fields',
      'pageToken',
      value,
      `attributes.${value}`,
    ];
    for (const filter of filters) {
      const answer = await service.get(`/v1/customers?${filter}=${value}`);
      expect([200, 400], filter).toContain(answer.status);
      if (answer.status === 200) expect(answer.body['customers'], filter).toEqual([]);
    }
    expect((await service.get(`/v1/customers/${value}`)).status).toBe(404);
    expect((await service.get(`/v1/requests/${value}`)).status).toBe(404);
  });

  test('in a batch is one change of its own', async () => {
    const changes = [
      { op: 'create', body: { name: 'plain' } },
      { op: 'create', body: { externalIds: { [text]: text } } },
      { op: 'create', body: { name: 'plain' } },
    ];
    const { body } = await service.send('POST', '/v1/customers/batch', { body: { changes } });
    const outcomes = body['outcomes'] as { status: number; id: string }[];
    expect(outcomes.map(({ status }) => status)).toEqual([201, 201, 201]);
    for (const { id } of outcomes) await service.remove(id);
  });
});

test('instants at the ends of time are read or refused, never passed on', async () => {
  const { id } = await service.create();
  for (const instant of [
    '0001-01-01T00:00:00Z',
    '9999-12-31T23:59:59.999999Z',
    '0000-01-01T00:00:00Z',
    '2000-02-30T00:00:00Z',
    '2000-01-01T24:00:00Z',
  ]) {
    for (const path of [`/v1/customers/${id}?asOf=${instant}`, `/v1/customers?updatedSince=${instant}`]) {
      expect([200, 400, 404], path).toContain((await service.get(path)).status);
    }
  }
});

test('headers beyond what the server reads: 431 in words, and the next connection is served', async () => {
  const answer = await wire.send({ path: '/v1/customers', headers: { 'x-big': 'a'.repeat(20_000) } });
  expect(answer.body).toMatchObject({
    type: 'urn:customary:problem:headers-too-large',
    status: 431,
    errors: [{ rule: 'maxBytes' }],
  });
  expect((await wire.send({ path: '/v1/customers' })).status).toBe(200);
});

test.each([
  ['no HTTP', 'EHLO example.org\r\n\r\n'],
  ['an unknown method', 'FROB / HTTP/1.1\r\nhost: x\r\n\r\n'],
  ['a header without a colon', 'GET / HTTP/1.1\r\nhost: x\r\nbroken\r\n\r\n'],
  [
    'two lengths',
    'POST /v1/customers HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab',
  ],
  [
    'a length and chunks',
    'POST /v1/customers HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
  ['NUL in a header', 'GET / HTTP/1.1\r\nhost: x\r\na: b\0c\r\n\r\n'],
])('a request line or header that is not HTTP (%s) is refused in words', async (_what, text) => {
  const answer = await raw(text);
  expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  expect(head.toLowerCase()).toContain('content-type: application/problem+json');
  expect(head.toLowerCase()).toContain('connection: close');
  expect(JSON.parse(body)).toMatchObject({
    type: 'urn:customary:problem:malformed-request',
    errors: [{ rule: 'http' }],
  });
});

test.each([
  ['no host', '', 'Host', 'required'],
  ['two hosts', 'host: x\r\nHost: y\r\n', 'Host', 'single'],
  [
    'a coding that is not undone',
    'host: x\r\ntransfer-encoding: gzip, chunked\r\n',
    'Transfer-Encoding',
    'enum',
  ],
])('%s is refused by its name, under every prefix in its shape', async (_what, headers, pointer, rule) => {
  const body = headers.includes('chunked') ? '0\r\n\r\n' : '';
  const ask = (path: string) => raw(`POST ${path} HTTP/1.1\r\n${headers}\r\n${body}`);
  const [head = '', text = ''] = (await ask('/v1/customers')).split('\r\n\r\n');
  expect(head).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  expect(head.toLowerCase()).toContain('connection: close');
  expect(JSON.parse(text)).toMatchObject({
    type: 'urn:customary:problem:malformed-request',
    errors: [{ pointer, rule }],
  });
  expect(await ask('/seamlessos/customers')).toContain('"property"');
  expect(await ask('/healthz')).toMatch(/^HTTP\/1\.1 400 /);
});

/** Sends bytes and gives all that comes back until the server ends the connection. */
const raw = (text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(service.address);
    const socket = connect(Number(port), hostname, () => socket.write(text));
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
  });
