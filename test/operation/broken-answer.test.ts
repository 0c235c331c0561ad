import { once } from 'node:events';
import { type ClientRequest, get, type IncomingMessage } from 'node:http';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Client, createClient } from '../support/client.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type ServiceProcess, startProcess } from '../support/process.ts';
import { until } from '../support/webhooks.ts';

let database: TestDatabase;
let service: ServiceProcess;
let client: Client;
beforeAll(async () => {
  database = await createTestDatabase();
  service = await startProcess({ DATABASE_URL: database.url, LOG_LEVEL: 'info' });
  const [key = ''] = /cus_\w+/.exec(service.output()) ?? [];
  client = createClient(service.address, key);
});
afterAll(async () => {
  await service.end();
  await database.drop();
});

const linesOf = (requestId: string): { level: number; msg: string; error?: object }[] =>
  service
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
    .filter((line) => line.requestId === requestId);

const counted = async (status: number): Promise<number> => {
  const text = await (await fetch(`${service.address}/metrics`)).text();
  const labels = `{contract="native",operation="exportCustomer",status="${status}"}`;
  const [, count = '0'] = text.split(`customary_request_duration_seconds_count${labels} `);
  return Number.parseInt(count, 10);
};

/** Asks for an export, and gives it once its answer has begun. */
const beginExport = async (id: string, requestId: string): Promise<[ClientRequest, IncomingMessage]> => {
  const headers = { authorization: `Bearer ${client.secret}`, 'x-request-id': requestId };
  const asked = get(`${service.address}/v1/customers/${id}/export`, { headers });
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  return [asked, answer];
};

test('an answer that breaks off is an error in the log, named by its request alone, and is counted', async () => {
  const { id } = await client.create({ kind: 'person', name: 'Ada Lovelace' });
  await database.query('UPDATE history SET sealed = substr(sealed, 1, 40) WHERE customer_id = $1', [id]);
  const [, answer] = await beginExport(id, 'breaks-off');
  expect(answer.statusCode).toBe(200);
  await expect(answer.toArray()).rejects.toThrow('aborted');
  await until(() => linesOf('breaks-off').length === 2);
  expect(linesOf('breaks-off')).toMatchObject([
    {
      level: 50,
      msg: 'an answer broke off',
      error: { name: 'Error', stack: expect.any(Array) },
    },
    { level: 30, msg: 'request', operation: 'exportCustomer', status: 500, tenant: expect.any(String) },
  ]);
  expect(await counted(500)).toBe(1);
  expect(service.output()).not.toContain('Lovelace');
});

test('a client that goes away in the middle of an answer is no error', async () => {
  const { id } = await client.create();
  const blocker = new pg.Client({ connectionString: database.url });
  await blocker.connect();
  await blocker.query('BEGIN; LOCK TABLE request IN ACCESS EXCLUSIVE MODE');
  const [asked, answer] = await beginExport(id, 'goes-away');
  await once(answer, 'data');
  asked.destroy();
  await blocker.query('ROLLBACK');
  await blocker.end();
  await client.get(`/v1/customers/${id}`, { 'x-request-id': 'comes-after' });
  await until(() => linesOf('comes-after').length === 1);
  expect(linesOf('goes-away').filter(({ level }) => level > 30)).toEqual([]);
});
