import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Client, createClient } from '../support/client.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type ServiceProcess, startProcess } from '../support/process.ts';

let database: TestDatabase;
let service: ServiceProcess;
let client: Client;

const environment = () => ({ DATABASE_URL: database.url, RATE_LIMIT_KEY_PER_SECOND: '0' });

/** One process for all of these tests: what it tells of itself first, then how it ends. */
beforeAll(async () => {
  database = await createTestDatabase();
  service = await startProcess({ ...environment(), LOG_LEVEL: 'info' });
  const [key = ''] = /cus_\w+/.exec(service.output()) ?? [];
  client = createClient(service.address, key);
});
afterAll(async () => {
  await service.end();
  await database.drop();
});

interface LogLine {
  level: number;
  time: string;
  msg: string;
  requestId?: string;
  operation?: string;
  status?: number;
}

/** The log lines so far; whatever is no log line was told to the user. */
const log = (): LogLine[] =>
  service
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));

const until = async (condition: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await condition())) await delay(5);
};

const samples = async (): Promise<Map<string, number>> => {
  const text = await (await fetch(`${service.address}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      // The text format of Prometheus 0.0.4: name, labels, value.
      const [, name = '', labels = '', value = ''] =
        /^([a-zA-Z_:][\w:]*)(\{(?:\w+="(?:[^"\\\n]|\\.)*",?)*\})? (\S+)$/.exec(line) ?? [];
      if (name === '') throw new Error(`Not a sample: ${line}`);
      return [name + labels, Number(value.replace('+Inf', 'Infinity'))];
    }),
  );
};

test('the id of a request that the caller names stands in its answer and in its log line', async () => {
  const answer = await client.get('/v1/customers?limit=1', { 'x-request-id': 'trace-4711' });
  expect(answer.headers.get('request-id')).toBe('trace-4711');
  await until(() => log().some((line) => line.requestId === 'trace-4711'));
  const line = log().find(({ requestId }) => requestId === 'trace-4711');
  expect(line).toMatchObject({ level: 30, operation: 'listCustomers', status: 200, msg: 'request' });
  expect(new Date(line?.time ?? '').getTime()).toBeGreaterThan(0);
});

test('an id that could break a log line is replaced by one of our own, which a refusal names too', async () => {
  const answer = await client.get('/v1/customers?shoeSize=43', { 'x-request-id': '"}, evil' });
  expect(answer.headers.get('request-id')).toMatch(/^[0-9a-f-]{36}$/);
  expect(answer.body['requestId']).toBe(answer.headers.get('request-id'));
});

test('the metrics tell rates and latencies by operation, group sizes, retries and the pool', async () => {
  const { id } = await client.create();
  await client.patch(id, { note: 'counted' });
  const before = await samples();
  await client.patch(id, { note: 'counted again' });
  const after = await samples();
  const labels = '{contract="native",operation="updateCustomer",status="200"}';
  const gained = (name: string) => (after.get(name) ?? 0) - (before.get(name) ?? 0);
  expect(gained(`customary_request_duration_seconds_count${labels}`)).toBe(1);
  expect(gained(`customary_request_duration_seconds_sum${labels}`)).toBeGreaterThan(0);
  expect(gained('customary_group_size_count')).toBe(1);
  expect(gained('customary_group_size_bucket{le="1"}')).toBe(1);
  expect(after.get('customary_waiting_changes')).toBe(0);
  expect(after.get('customary_database_connections{state="waiting"}')).toBe(0);
  expect(after.get('customary_database_connections{state="total"}')).toBeGreaterThan(0);
  expect(after.get('customary_process_resident_memory_bytes')).toBeGreaterThan(0);
  const text = await (await fetch(`${service.address}/metrics`)).text();
  expect(text).toContain('# TYPE customary_retries_total counter');
});

test('SIGTERM finishes every change that is in flight, however long it waits, and then ends with 0', async () => {
  const { id } = await client.create();
  const blocker = new pg.Client({ connectionString: database.url });
  await blocker.connect();
  await blocker.query('BEGIN');
  await blocker.query('SELECT 1 FROM customer WHERE customer_id = $1 FOR UPDATE', [id]);
  const groups = async () => (await samples()).get('customary_group_size_count') ?? 0;
  const before = await groups();
  const change = (index: number) => client.patch(id, { metadata: { [`k${index}`]: index } });
  const changes = [change(0)];
  await until(async () => (await groups()) > before);
  // The first is under way; the others wait for it, since they change the same customer.
  for (let index = 1; index < 10; index++) changes.push(change(index));
  await until(async () => (await samples()).get('customary_waiting_changes') === 9);
  const ended = service.end('SIGTERM');
  await until(() => service.output().includes('Stopping'));
  await expect(fetch(`${service.address}/healthz`)).rejects.toThrow();
  await blocker.query('ROLLBACK');
  await blocker.end();
  const answers = await Promise.all(changes);
  expect(answers.map((answer) => answer.status)).toEqual(Array(10).fill(200));
  expect(await ended).toBe(0);
  const [row] = await database.query('SELECT version::int FROM customer WHERE customer_id = $1', [id]);
  expect(row).toEqual({ version: 11 });
});

test('a stop under load answers every request that it took, and all that was acknowledged is there', async () => {
  service = await startProcess(environment());
  client = createClient(service.address, client.secret);
  const acknowledged: string[] = [];
  const statuses = new Set<number>();
  const broken: string[] = [];
  const write = async () => {
    for (;;) {
      const body = { kind: 'person', name: 'Ada' };
      const answer = await client.send('POST', '/v1/customers', { body }).catch((error: Error) => error);
      if (answer instanceof Error) return void broken.push(codeOf(answer));
      statuses.add(answer.status);
      if (answer.status === 201) acknowledged.push(answer.body['id']);
      if (answer.status === 503) return;
    }
  };
  const writers = Promise.all(Array.from({ length: 16 }, write));
  await until(() => acknowledged.length >= 50);
  expect(await service.end('SIGTERM')).toBe(0);
  await writers;
  expect([...statuses].every((status) => status === 201 || status === 503)).toBe(true);
  // A new connection is refused, or closed before its request was read; no answer is cut off.
  expect(broken.filter((code) => !['ECONNREFUSED', 'ECONNRESET', 'EPIPE'].includes(code))).toEqual([]);
  const rows = await database.query<{ id: string }>('SELECT customer_id AS id FROM customer');
  const stored = new Set(rows.map((row) => row.id));
  expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
});

const codeOf = (error: Error & { code?: string }): string => error.code ?? error.message;
