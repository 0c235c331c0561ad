import pg from 'pg';
import type { Config } from '../config.ts';
import { type Database, type DatabaseOptions, openDatabase } from './database.ts';
import { connectionString } from './embedded/connection-string.ts';
import { type EmbeddedAddress, findRunning, startEmbedded } from './embedded/embedded.ts';
import { migrate } from './migrate.ts';
import { roleToAssume } from './role.ts';

/** A database that is open and migrated, and how to let it go. */
export interface OpenDatabase {
  database: Database;
  close(): Promise<void>;
  /** Resolves with a sentence when the embedded server ended by itself. */
  failed: Promise<string>;
}

interface Log {
  info(message: string): void;
  warn(message: string): void;
}

/** What a caller may set of the connections. */
export type OpenOptions = Pick<DatabaseOptions, 'onRetry' | 'rewrite'> & {
  /** Use the server of a service that runs on this data directory already, if there is one. */
  besideService?: boolean;
};

/** Opens the configured database, embedded or by URL, and migrates it. Throws OperatorError. */
export const openConfigured = async (
  config: Config,
  log: Log,
  options: OpenOptions = {},
): Promise<OpenDatabase> => {
  const { besideService, ...databaseOptions } = options;
  const place = config.DATABASE_URL
    ? externalPlace(config.DATABASE_URL, config.MIGRATION_DATABASE_URL)
    : await embeddedPlace(config, log, besideService === true);
  try {
    const applied = await migrate({ connectionString: place.migration });
    for (const name of applied) log.info(`migration applied: ${name}`);
    const role = await roleToAssume({ connectionString: place.service });
    const database = openDatabase({
      connection: { connectionString: place.service },
      poolSize: config.DATABASE_POOL_SIZE,
      statementTimeoutMs: config.STATEMENT_TIMEOUT_MS,
      role,
      ...databaseOptions,
    });
    const close = async () => {
      await database.close();
      await place.stop();
    };
    return { database, close, failed: place.failed };
  } catch (error) {
    await place.stop();
    throw error;
  }
};

interface Place {
  service: string;
  migration: string;
  stop(): Promise<void>;
  failed: Promise<string>;
}

const never = new Promise<string>(() => {});

const externalPlace = (service: string, migration: string | null): Place => ({
  service,
  migration: migration ?? service,
  stop: async () => {},
  failed: never,
});

const embeddedPlace = async (config: Config, log: Log, besideService: boolean): Promise<Place> => {
  const running = besideService ? await findRunning(config.DATA_DIR) : undefined;
  if (running) return { ...urlsOf(running), stop: async () => {}, failed: never };
  const server = await startEmbedded({ dataDirectory: config.DATA_DIR, onLog: (line) => log.info(line) });
  const failed = new Promise<string>((resolve) => server.onExit(resolve));
  try {
    await makeDatabase(server);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { ...urlsOf(server), stop: server.stop, failed };
};

const databaseName = 'customary';
const ownerRole = 'customary_owner';
const loginRole = 'customary_app';

const urlsOf = ({ socketDirectory, port }: EmbeddedAddress) => ({
  service: connectionString({ socketDirectory, port, user: loginRole, database: databaseName }),
  migration: connectionString({ socketDirectory, port, user: ownerRole, database: databaseName }),
});

/** Makes the two roles and the database: the owner migrates, and the service can do neither that nor see past its tenant. */
const makeDatabase = async ({ socketDirectory, port, superuser }: EmbeddedAddress): Promise<void> => {
  const client = new pg.Client({
    connectionString: connectionString({ socketDirectory, port, user: superuser, database: 'postgres' }),
  });
  client.on('error', () => {});
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [databaseName]);
    if (rowCount === 1) return;
    const roles = await client.query<{ rolname: string }>('SELECT rolname FROM pg_roles');
    const has = (name: string) => roles.rows.some((role) => role.rolname === name);
    if (!has(ownerRole)) await client.query(`CREATE ROLE ${ownerRole} LOGIN`);
    if (!has(loginRole)) await client.query(`CREATE ROLE ${loginRole} LOGIN`);
    await client.query(`CREATE DATABASE ${databaseName} OWNER ${ownerRole}`);
  } finally {
    await client.end();
  }
};
