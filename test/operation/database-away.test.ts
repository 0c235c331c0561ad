import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectionString } from '../../src/storage/embedded/connection-string.ts';
import { startEmbedded } from '../../src/storage/embedded/embedded.ts';
import { query, settings } from '../embedded/query.ts';
import type { Client } from '../support/client.ts';
import { temporaryDirectory } from '../support/command.ts';
import { startService, type TestService } from '../support/service.ts';

test('while the database is away the answer is 503, and all goes on by itself when it is back', async () => {
  const dataDirectory = await temporaryDirectory();
  let server = await startEmbedded({ dataDirectory, settings });
  await query(server, 'CREATE DATABASE away');
  const url = connectionString({ ...server, user: server.superuser, database: 'away' });
  const database = { url, query: async () => [], drop: async () => {} };
  const service = await startService({ database });
  try {
    const writers = startWriters(service, 4);
    await writers.acknowledged(20);
    await server.stop();

    const refused = await service.send('POST', '/v1/customers', { body: { kind: 'person', name: 'Ada' } });
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(refused.body).toMatchObject({ type: 'urn:customary:problem:unavailable', status: 503 });
    const [ready, alive] = await Promise.all(
      ['/readyz', '/healthz'].map((path) => fetch(service.address + path)),
    );
    expect([ready?.status, ready?.headers.get('retry-after'), alive?.status]).toEqual([503, '1', 200]);

    const before = writers.ids.length;
    server = await startEmbedded({ dataDirectory, settings });
    await writers.acknowledged(before + 20);
    expect((await fetch(`${service.address}/readyz`)).status).toBe(200);
    await writers.stop();
    expect([...writers.statuses].sort()).toEqual([201, 503]);
    const answers = await Promise.all(writers.ids.map((id) => service.get(`/v1/customers/${id}`)));
    expect(answers.filter((answer) => answer.status !== 200)).toEqual([]);
  } finally {
    await service.stop();
    await server.stop();
  }
});

/** Clients that create customers, a moment later again when refused, and note what was acknowledged. */
const startWriters = (client: Client, count: number) => {
  const ids: string[] = [];
  const statuses = new Set<number>();
  let stopped = false;
  let told = () => {};
  const write = async () => {
    while (!stopped) {
      const answer = await client.send('POST', '/v1/customers', { body: { kind: 'person', name: uuidv7() } });
      statuses.add(answer.status);
      if (answer.status === 201) ids.push(answer.body['id']);
      else await delay(20);
      told();
    }
  };
  const work = Promise.all(Array.from({ length: count }, write));
  return {
    ids,
    statuses,
    acknowledged: (least: number) =>
      new Promise<void>((resolve) => {
        told = () => ids.length >= least && resolve();
      }),
    async stop() {
      stopped = true;
      await work;
    },
  };
};

let service: TestService;
let superuser: pg.Client;

beforeAll(async () => {
  service = await startService({ settings: { STATEMENT_TIMEOUT_MS: '200', DATABASE_POOL_SIZE: '2' } });
  superuser = new pg.Client({ connectionString: service.database.url });
  await superuser.connect();
});
afterAll(async () => {
  await superuser.end();
  await service.stop();
});

test('a statement that takes too long gives 503, changes nothing and frees its connection', async () => {
  const { id } = await service.create();
  await superuser.query('BEGIN');
  await superuser.query('SELECT 1 FROM customer WHERE customer_id = $1 FOR UPDATE', [id]);
  const answers = await Promise.all(
    Array.from({ length: 6 }, (_, index) => service.patch(id, { note: `change ${index}` })),
  );
  expect(answers.map((answer) => [answer.status, answer.headers.get('retry-after')])).toEqual(
    Array(6).fill([503, '1']),
  );
  expect((await service.get(`/v1/customers/${id}`)).body['version']).toBe(1);
  await superuser.query('ROLLBACK');

  expect((await service.patch(id, { note: 'afterwards' })).status).toBe(200);
  const { total, idle, waiting } = service.app.database.stats();
  expect([total - idle, waiting]).toEqual([0, 0]);
});

test('connections that the server ends are replaced at their next use', async () => {
  const { id } = await service.create();
  await superuser.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND application_name = 'customary' AND pid <> pg_backend_pid()`,
  );
  const statuses = new Set<number>();
  while (!statuses.has(200)) statuses.add((await service.patch(id, { note: 'again' })).status);
  expect([...statuses].every((status) => status === 200 || status === 503)).toBe(true);
});
