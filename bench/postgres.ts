import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { connectionString } from '../src/storage/embedded/connection-string.ts';
import { startEmbedded } from '../src/storage/embedded/embedded.ts';
import { applicationRole } from '../src/storage/migrate.ts';
import { parentOf } from './usage.ts';

/** The benchmark's own PostgreSQL: the embedded one, as the service ships it, with room for pgbench's clients. */
export interface Database {
  socketDirectory: string;
  port: number;
  user: string;
  name: string;
  /** Where pgbench and the loading of customers connect: as superuser, whom row-level security does not slow. */
  superuserUrl: string;
  /** Where the service connects: as the role that embedded mode gives it. */
  serviceUrl: string;
  ownerUrl: string;
  /** The postmaster's process id. */
  pid: number;
  /** A connection of the superuser. */
  client: pg.Client;
  /** Stops the server and removes its files. */
  close(): Promise<void>;
}

/** Starts a new server. Its files lie in the checkout, since a temporary directory may be in memory, where fsync is free. */
export const startPostgres = async (): Promise<Database> => {
  const parent = fileURLToPath(new URL('.data/', import.meta.url));
  await mkdir(parent, { recursive: true });
  const dataDirectory = await mkdtemp(join(parent, 'run-'));
  const server = await startEmbedded({ dataDirectory, settings });
  const { socketDirectory, port, superuser } = server;
  const urlOf = (user: string, database: string) =>
    connectionString({ socketDirectory, port, user, database });
  await createDatabase(urlOf(superuser, 'postgres'));
  const superuserUrl = urlOf(superuser, name);
  const client = await connect(superuserUrl);
  return {
    ...{ socketDirectory, port, user: superuser, name, superuserUrl, client },
    serviceUrl: urlOf(applicationRole, name),
    ownerUrl: urlOf(ownerRole, name),
    pid: parentOf(await backendOf(client)),
    close: async () => {
      await client.end().catch(() => {});
      await server.stop();
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
};

/** The server's version and the settings that durability hangs on. Throws when a commit would not be durable. */
export const describeServer = async (client: pg.Client): Promise<Record<string, string>> => {
  const { rows } = await client.query<{ name: string; setting: string }>(
    'SELECT name, current_setting(name) AS setting FROM pg_settings WHERE name = ANY($1)',
    [
      [
        'server_version',
        'fsync',
        'synchronous_commit',
        'full_page_writes',
        'shared_buffers',
        'wal_sync_method',
      ],
    ],
  );
  const settings = Object.fromEntries(rows.map((row) => [row.name, row.setting]));
  if (settings['fsync'] !== 'on' || settings['synchronous_commit'] !== 'on') {
    throw new Error('The server of the benchmark does not commit durably');
  }
  return settings;
};

/** Cleans up after the run before, so that none pays for another one's dead rows. */
export const settle = async (client: pg.Client): Promise<void> => {
  await client.query('VACUUM (ANALYZE)');
};

/** Bytes of write-ahead log written so far. */
export const walBytes = async (client: pg.Client): Promise<number> => {
  const { rows } = await client.query<{ bytes: string }>(`SELECT pg_current_wal_lsn() - '0/0' AS bytes`);
  return Number(rows[0]?.bytes);
};

/**
 * No checkpoint falls into a run. After one, the first change of every page logs the whole page: in a service that
 * makes a checkpoint after 15 minutes or 2 GB that is a small part of the log, in a run of ten seconds most of it.
 */
const settings = { max_connections: '150', checkpoint_timeout: '1h', max_wal_size: '16GB' };

const name = 'customary';
const ownerRole = 'customary_owner';

const connect = async (url: string): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
};

/** The same two roles as embedded mode has. */
const createDatabase = async (url: string): Promise<void> => {
  const client = await connect(url);
  try {
    await client.query(`CREATE ROLE ${ownerRole} LOGIN`);
    await client.query(`CREATE ROLE ${applicationRole} LOGIN`);
    await client.query(`CREATE DATABASE ${name} OWNER ${ownerRole}`);
  } finally {
    await client.end();
  }
};

const backendOf = async (client: pg.Client): Promise<number> => {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return Number(rows[0]?.pid);
};
