import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { searchFilters } from '../../src/customer/search-filters.ts';
import { type Answer, type Client, createClient } from '../support/client.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { fullCustomer } from '../support/full-customer.ts';
import { type ServiceProcess, startProcess } from '../support/process.ts';
import { startService, type TestService } from '../support/service.ts';

/** Every value that a caller sends holds one of these, so that one search of a text finds any of them. */
const canary = /Zopen|Zpersonal|Zsecret|Zcanary/i;

let database: TestDatabase;
let maker: TestService;
let service: ServiceProcess;
let client: Client;
let id: string;
const refusals: Answer[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
  maker = await startService({ database });
  service = await startProcess({ DATABASE_URL: database.url, LOG_LEVEL: 'trace' });
  client = createClient(service.address, maker.secret);
});
afterAll(async () => {
  await service.end();
  await maker.stop();
  await database.drop();
});

const reason = { 'customary-reason': 'Zcanary reason' };

/** Sends a call; a refusal is kept, to be searched for what it quotes. */
const send: Client['send'] = async (method, path, options) => {
  const answer = await client.send(method, path, options);
  if (answer.status >= 400) refusals.push(answer);
  return answer;
};
const patch = (body: unknown, headers = {}, query = '', contentType = 'application/json') =>
  send('PATCH', `/v1/customers/${id}${query}`, { body, headers, contentType });

test('every operation, with a canary in every member, header and filter', async () => {
  const made = await send('POST', '/v1/customers', {
    body: fullCustomer(),
    headers: { ...reason, 'idempotency-key': 'Zcanary-key' },
  });
  expect(made.status).toBe(201);
  id = made.body['id'];
  expect((await patch({ name: 'Zcanary name', metadata: { Zcanary: 1 } }, reason)).status).toBe(200);
  const got = await send('GET', `/v1/customers/${id}`);
  expect(
    (await send('PUT', `/v1/customers/${id}`, { body: { ...got.body, note: 'Zcanary note' } })).status,
  ).toBe(200);
  expect((await send('POST', `/v1/customers/${id}/history/2/undo`)).status).toBe(200);
  expect((await send('GET', `/v1/customers/${id}/history`)).text).toMatch(canary);
  expect((await send('GET', `/v1/customers/${id}?asOf=1`)).status).toBe(200);
  expect((await patch({ note: 'Zcanary dry' }, {}, '?dryRun=true')).status).toBe(200);
  const accepted = await patch(
    { note: 'Zcanary later', email: 'Zcanary-wrong' },
    { prefer: 'respond-async' },
  );
  await vi.waitUntil(
    async () => (await send('GET', accepted.headers.get('location')!)).body['status'] === 'failed',
  );
  const changes = [
    { op: 'create', body: { name: 'Zcanary' } },
    { op: 'mergePatch', id, body: { email: 'Zcanary' } },
  ];
  expect((await send('POST', '/v1/customers/batch', { body: { changes } })).status).toBe(200);
  for (const [name, { map }] of searchFilters) {
    const filter = map ? `${name}.Zcanary` : name;
    expect((await send('GET', `/v1/customers?${filter}=Zcanary`)).status).toBe(200);
  }
});

test('bad input of every kind', async () => {
  const wrong = [
    { email: 'Zcanary' },
    { kind: 'Zcanary' },
    { birthDate: 'Zcanary' },
    { name: `Zcanary${'x'.repeat(400)}` },
    { protectionLevel: 'Zcanary' },
    { contacts: [{ gender: 'Zcanary' }] },
    { attributes: { a: ['Zcanary'] } },
    { parentId: 'Zcanary' },
    { id: 'Zcanary' },
    ['Zcanary'],
    'Zcanary',
  ];
  for (const body of wrong) {
    const text = JSON.stringify(body);
    expect((await patch(text)).status).toBe(422);
    expect((await send('POST', '/v1/customers', { body: text })).status).toBe(422);
    await send('POST', '/v1/customers/batch', { body: { changes: [{ op: 'create', body }] } });
  }
  for (const text of [
    'Zcanary',
    '{"name":"Zcanary',
    '{"name":"Zcanary"} Zcanary',
    '{"n":"Zcanary","n":"Zcanary"}',
    '{"name":"Zcanary\\ud800"}',
  ]) {
    expect((await patch(text)).status).toBe(400);
  }
  expect((await patch(Buffer.from('{"name":"Zcanary\xff"}', 'latin1'))).status).toBe(400);
  const jsonPatch = 'application/json-patch+json';
  await patch([{ op: 'test', path: '/name', value: 'Zcanary' }], {}, '', jsonPatch);
  await patch([{ op: 'Zcanary', path: '/name' }], {}, '', jsonPatch);
  await patch([{ op: 'add', path: 'Zcanary', value: 1 }], {}, '', jsonPatch);
  await patch({ name: 'x' }, { 'if-match': 'Zcanary' });
  await patch({ name: 'x' }, { 'if-match': '"Zcanary"' });
  await patch({ name: 'x' }, { 'idempotency-key': '"Zcanary' });
  await patch({ name: 'other than before' }, { 'idempotency-key': 'Zcanary-key' });
  await patch('Zcanary', {}, '', 'text/Zcanary');
  await patch('Zcanary', {}, '', 'application/json; charset=Zcanary');
  await patch({ name: 'x' }, {}, '?dryRun=Zcanary');
  for (const query of [
    'sort=Zcanary',
    'limit=Zcanary',
    'pageToken=Zcanary',
    'parentId=Zcanary',
    'updatedSince=Zcanary',
    'name=Zcanary%zz',
    'fields=Zcanary',
  ]) {
    expect((await send('GET', `/v1/customers?${query}`)).status, query).toBe(400);
  }
  for (const path of [
    '/v1/customers/Zcanary',
    '/v1/requests/Zcanary',
    '/v1/Zcanary',
    '/Zcanary',
    '/v1/%Zcanary',
  ]) {
    expect([400, 404]).toContain((await send('GET', path)).status);
  }
  await send('PATCH', '/v1/customers?Zcanary=1', { body: { name: 'Zcanary' } });
  await send('GET', '/v1/customers', { headers: { authorization: 'Bearer Zcanary' } });
  await send('GET', '/v1/customers', {
    headers: { 'user-agent': 'Zcanary', referer: 'Zcanary', cookie: 'Zcanary' },
  });
  const taken = { accountNumber: 'Zcanary-taken', registrationCode: 'Zcanary-taken' };
  await send('POST', '/v1/customers', { body: taken });
  expect((await send('POST', '/v1/customers', { body: taken })).status).toBe(409);
});

test('requests that break off, and bytes that are not HTTP', async () => {
  const speak = (text: string) =>
    new Promise<void>((resolve) => {
      const { hostname, port } = new URL(service.address);
      const socket = connect(Number(port), hostname, () =>
        socket.write(text, () => setImmediate(() => socket.destroy())),
      );
      socket.on('error', () => {});
      socket.on('close', () => resolve());
    });
  await speak('Zcanary\r\n\r\n');
  await speak('GET /Zcanary HTTP/1.1\r\nZcanary\r\n\r\n');
  const head = `PATCH /v1/customers/${id} HTTP/1.1\r\nhost: x\r\nx-api-key: ${maker.secret}\r\ncontent-type: application/json\r\n`;
  await speak(`${head}content-length: 1000\r\n\r\n{"name":"Zcanary`);
  await speak(`${head}x-big: ${'Zcanary'.repeat(5000)}\r\n\r\n`);
});

test('a record that cannot be opened, which the log names', async () => {
  const damaged = (await send('POST', '/v1/customers', { body: { name: 'Damaged' } })).body['id'];
  const [row] = await database.query(
    `UPDATE customer SET sealed = set_bit(sealed, 300, 1 - get_bit(sealed, 300)) WHERE customer_id = $1
     RETURNING tenant_id AS of`,
    [damaged],
  );
  expect((await send('GET', `/v1/customers/${damaged}`)).status).toBe(500);
  expect((await send('GET', '/v1/customers')).status).toBe(200);
  const named = `"tenantId":"${row?.['of']}","customerId":"${damaged}"`;
  const lines = () =>
    service
      .output()
      .split('\n')
      .filter((line) => line.includes(named));
  await vi.waitUntil(() => lines().length >= 2, { timeout: 5000 });
  expect(lines().map((line) => JSON.parse(line).msg)).toEqual([
    'request failed',
    'a list left out a record that cannot be opened',
  ]);
});

test('errors of the database that quote the row they refuse', async () => {
  await database.query('ALTER TABLE customer ADD CONSTRAINT forced CHECK (version < 1) NOT VALID');
  const forced = await send('POST', '/v1/customers', { body: { source: 'Zcanary-forced', name: 'Zcanary' } });
  expect(forced.body).toMatchObject({ type: 'urn:customary:problem:internal-error', status: 500 });
  expect((await patch({ source: 'Zcanary-forced' })).status).toBe(500);
  const changes = [{ op: 'mergePatch', id, body: { source: 'Zcanary-forced' } }];
  expect((await send('POST', '/v1/customers/batch', { body: { changes } })).body['outcomes'][0].status).toBe(
    500,
  );
  await patch({ source: 'Zcanary-forced' }, { prefer: 'respond-async' });
  await vi.waitUntil(() => service.output().includes('an accepted change failed'), { timeout: 5000 });
  await database.query('ALTER TABLE customer_lookup RENAME TO gone');
  expect((await send('GET', '/v1/customers?name=Zcanary')).status).toBe(500);
  await database.query('ALTER TABLE gone RENAME TO customer_lookup');
});

test('no problem quotes a value', () => {
  const codes = new Set(refusals.map(({ body }) => body['type']));
  expect(codes.size).toBeGreaterThan(10);
  for (const { status, text } of refusals) {
    // A pointer names the member as the caller wrote it; a member's name is no value.
    expect(text.replaceAll(/"pointer":"[^"]*"/g, ''), String(status)).not.toMatch(canary);
  }
});

test('the metrics and the whole log hold none of it', async () => {
  const metrics = await (await fetch(`${service.address}/metrics`)).text();
  expect(metrics).toMatch(/customary_request_duration_seconds/);
  expect(metrics).not.toMatch(canary);
  expect(metrics).not.toContain(id);
  expect(await service.end()).toBe(0);
  const lines = service.output().split('\n');
  expect(lines.length).toBeGreaterThan(100);
  expect(lines.filter((line) => canary.test(line))).toEqual([]);
  expect(lines.filter((line) => line.includes(maker.secret.slice(38)))).toEqual([]);
  expect(service.output()).toMatch(/request failed/);
});
