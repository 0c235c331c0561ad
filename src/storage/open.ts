import pg from 'pg';
import type { Config } from '../config.ts';
import { OperatorError } from '../errors.ts';
import { type Database, type DatabaseOptions, openDatabase } from './database.ts';
import { isAway } from './database-errors.ts';
import { connectionString } from './embedded/connection-string.ts';
import {
  type EmbeddedAddress,
  type EmbeddedServer,
  findRunning,
  startEmbedded,
} from './embedded/embedded.ts';
import { migrate } from './migrate.ts';
import { openKeySource } from './open-key-source.ts';
import { roleToAssume } from './role.ts';

/** A database that is open and migrated, and how to let it go. */
export interface OpenDatabase {
  database: Database;
  /** The names of the migrations that were applied now. */
  migrations: string[];
  close(): Promise<void>;
  /** The key file that was made now, at the first start of a database. */
  madeKeyFile: string | null;
  /** Resolves with a sentence when the embedded server ended and can't be started again. */
  failed: Promise<string>;
}

interface Log {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
}

/** What a caller may set of the connections. */
export type OpenOptions = Pick<DatabaseOptions, 'onRetry' | 'rewrite'> & {
  /** Use the server of a service that runs on this data directory already, if there is one. */
  besideService?: boolean;
  /** Work as the owner of the tables, for what the service itself may not do; row-level security still binds it. */
  asOwner?: boolean;
};

/** Opens the configured database, embedded or by URL, and migrates it. Throws OperatorError. */
export const openConfigured = async (
  config: Config,
  log: Log,
  options: OpenOptions = {},
): Promise<OpenDatabase> => {
  const { besideService, asOwner, ...databaseOptions } = options;
  const place = config.DATABASE_URL
    ? externalPlace(config.DATABASE_URL, config.MIGRATION_DATABASE_URL)
    : await embeddedPlace(config, log, besideService === true);
  try {
    const migrations = await migrate({ connectionString: place.migration });
    for (const name of migrations) log.info(`migration applied: ${name}`);
    const role = asOwner ? null : await roleToAssume({ connectionString: place.service });
    const isNew = () => holdsNoKeys({ connectionString: place.migration });
    const { source, made } = await openKeySource(config, isNew);
    if (made) log.warn(keyFileAdvice(made));
    const database = openDatabase({
      connection: { connectionString: asOwner ? place.migration : place.service },
      poolSize: config.DATABASE_POOL_SIZE,
      statementTimeoutMs: config.STATEMENT_TIMEOUT_MS,
      role,
      keySource: source,
      sealing: config.SEALING === 'on',
      prepare:
        config.PREPARED_STATEMENTS === 'on' ||
        (config.PREPARED_STATEMENTS === 'auto' && !config.DATABASE_URL),
      ...databaseOptions,
    });
    const close = async () => {
      await database.close();
      await place.stop();
    };
    return { database, migrations, close, madeKeyFile: made, failed: place.failed };
  } catch (error) {
    await place.stop();
    throw explain(error);
  }
};

/** What the maker of a key file must know. */
export const keyFileAdvice = (path: string): string =>
  `The key file ${path} was made. Back it up, apart from the data and its backups: without it no customer's personal ` +
  'data can be read again, by nobody.';

/** Whether nothing was wrapped in this database yet; asked tenant by tenant, as row-level security wants it. */
const holdsNoKeys = async (connection: pg.ClientConfig): Promise<boolean> => {
  const client = new pg.Client(connection);
  client.on('error', () => {});
  await client.connect();
  try {
    const { rows } = await client.query<{ id: string }>('SELECT tenant_id AS id FROM tenant');
    for (const { id } of rows) {
      await client.query(`BEGIN; SET LOCAL app.tenant = '${id}'`);
      const { rowCount } = await client.query('SELECT 1 FROM tenant_key WHERE tenant_id = $1 LIMIT 1', [id]);
      await client.query('ROLLBACK');
      if (rowCount) return false;
    }
    return true;
  } finally {
    await client.end();
  }
};

/** What the server or the network said of a connection is the operator's to mend; it quotes no record. */
const explain = (error: unknown): unknown => {
  const { code, message, errors } = error as Error & { code?: string; errors?: Error[] };
  const mendable = isAway(error) || /^(28|3D|42501)/.test(code ?? '');
  if (error instanceof OperatorError || !mendable) return error;
  const said = message || errors?.[0]?.message || code;
  const advice =
    code === '42501'
      ? 'Set MIGRATION_DATABASE_URL to the login that owns the database.'
      : 'Check DATABASE_URL and the server.';
  return new OperatorError(`The database cannot be used: ${said}. ${advice}`, { cause: error });
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
  const server = await startEmbedded({
    dataDirectory: config.DATA_DIR,
    onLog: (line) => (line.includes(' LOG: ') ? log.debug(line) : log.warn(line)),
  });
  const failed = keepRunning(server, log);
  try {
    await makeDatabase(server);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { ...urlsOf(server), stop: server.stop, failed };
};

const mostRestarts = 5;
const restartWindowMs = 60_000;

/**
 * Starts the embedded server again whenever it ends by itself; meanwhile requests are answered with 503. Resolves
 * with a sentence when it ends too often or does not start again.
 */
const keepRunning = (server: EmbeddedServer, log: Log): Promise<string> =>
  new Promise((resolve) => {
    let restarts: number[] = [];
    const watch = () =>
      server.onExit((reason) => {
        restarts = [...restarts.filter((at) => at > Date.now() - restartWindowMs), Date.now()];
        if (restarts.length > mostRestarts) return resolve(`${reason}, for the ${restarts.length}th time`);
        log.warn(`${reason}; it is started again`);
        server.restart().then(watch, (error: Error) => resolve(`${reason}; ${error.message}`));
      });
    watch();
  });

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
