import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import type { Client } from '../support/client.ts';
import { temporaryDirectory } from '../support/command.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { startService } from '../support/service.ts';

// Set to the path of a pgbouncer; without one there is nothing to test.
const binary = process.env['TEST_PGBOUNCER'];
const serverConnections = 3;

test.runIf(binary)(
  'through a pooler in transaction mode no statement breaks and no tenant sees another one',
  async () => {
    const database = await createTestDatabase();
    onTestFinished(database.drop);
    const pooler = await startPooler(binary as string, database);
    onTestFinished(pooler.stop);
    const service = await startService({
      database: { ...database, url: pooler.url },
      settings: { MIGRATION_DATABASE_URL: database.url, DATABASE_POOL_SIZE: '12' },
    });
    try {
      const other = await service.otherTenant();
      await Promise.all([change(service, 'mine'), change(other, 'theirs')]);
      expect(await namesOf(service)).toEqual(new Set(['mine']));
      expect(await namesOf(other)).toEqual(new Set(['theirs']));
      const [row] = await database.query<{ count: number }>(
        `SELECT count(*)::int FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = 'customary'`,
      );
      expect(row?.count).toBeGreaterThan(0);
      expect(row?.count).toBeLessThanOrEqual(serverConnections);
    } finally {
      await service.stop();
    }
  },
);

const rounds = 15;

/** Four customers of a tenant, each changed in turn while others are read and searched. */
const change = async (client: Client, name: string): Promise<void> => {
  const customers = await Promise.all(
    Array.from({ length: 4 }, () => client.create({ kind: 'person', name })),
  );
  const work = customers.map(async ({ id }) => {
    for (let round = 1; round <= rounds; round++) {
      const [changed, read, listed] = await Promise.all([
        client.patch(id, { metadata: { round } }, { 'if-match': `"${round}"` }),
        client.get(`/v1/customers/${id}`),
        client.get(`/v1/customers?name=${name}`),
      ]);
      expect([changed.status, read.status, listed.status]).toEqual([200, 200, 200]);
      expect(listed.body['customers']).toHaveLength(4);
    }
    expect((await client.get(`/v1/customers/${id}`)).body['version']).toBe(rounds + 1);
  });
  await Promise.all(work);
};

const namesOf = async (client: Client): Promise<Set<string>> => {
  const { customers } = (await client.get('/v1/customers?limit=500')).body;
  return new Set(customers.map((one: { name: string }) => one.name));
};

const startPooler = async (program: string, database: TestDatabase) => {
  const directory = await temporaryDirectory();
  const { host, port: serverPort, user, password, database: name } = new pg.Client(database.url);
  const port = await freePort();
  const target = { host, port: serverPort, user, password: password ?? '', dbname: name };
  const connection = Object.entries(target)
    .filter(([, value]) => value !== '')
    .map(([key, value]) => `${key}='${String(value).replaceAll("'", "''")}'`);
  const file = join(directory, 'pgbouncer.ini');
  const lines = [
    ...['[databases]', `${name} = ${connection.join(' ')}`, '[pgbouncer]', 'pool_mode = transaction'],
    ...['listen_addr = 127.0.0.1', `listen_port = ${port}`, 'unix_socket_dir =', 'auth_type = any'],
    `default_pool_size = ${serverConnections}`,
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  const ids = await unprivileged(host);
  if (ids) for (const path of [directory, file]) await chown(path, ids.uid, ids.gid);
  const child = spawn(program, [file], { stdio: ['ignore', 'ignore', 'pipe'], ...ids });
  const ended = once(child, 'exit');
  await ready(child);
  return {
    url: `postgresql://service@127.0.0.1:${port}/${name}`,
    async stop() {
      child.kill('SIGINT');
      await ended;
    },
  };
};

/** A pooler refuses to be root; the socket of the embedded server is closed to all but its owner. */
const unprivileged = async (host: string): Promise<{ uid: number; gid: number } | undefined> => {
  if (process.geteuid?.() !== 0) return undefined;
  const nobody = { uid: 65_534, gid: 65_534 };
  if (!host.startsWith('/')) return nobody;
  const { uid, gid } = await stat(host);
  // The directory around it that root made for the tests.
  if (((await stat(dirname(host))).mode & 0o777) === 0o700) await chmod(dirname(host), 0o711);
  return uid === 0 ? nobody : { uid, gid };
};

const ready = async ({ stderr }: ChildProcess): Promise<void> => {
  const said: string[] = [];
  for await (const line of createInterface({ input: stderr as NodeJS.ReadableStream })) {
    said.push(line);
    if (line.includes('process up')) return void stderr?.resume();
  }
  throw new Error(`The pooler did not start: ${said.join('\n')}`);
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
};
