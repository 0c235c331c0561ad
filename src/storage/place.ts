import pg from 'pg';
import type { Config } from '../config.ts';
import { OperatorError } from '../errors.ts';
import { isAway } from './database-errors.ts';
import { connectionString } from './embedded/connection-string.ts';
import {
  type EmbeddedAddress,
  type EmbeddedServer,
  findRunning,
  startEmbedded,
} from './embedded/embedded.ts';
import { applicationRole } from './migrate.ts';

/** Where the configured database is, and how to let it go. */
interface Place {
  /** The URL with the login of the service. */
  service: string;
  /** The URL with the login that owns the tables. */
  migration: string;
  stop(): Promise<void>;
  /** Resolves with a sentence when the embedded server ended and can't be started again. */
  failed: Promise<string>;
}

/** The settings that say where the database is. */
type PlaceSettings = Pick<
  Config,
  'DATABASE_URL' | 'MIGRATION_DATABASE_URL' | 'DATA_DIR' | 'DATABASE_POOL_SIZE'
>;

/** What hears of the embedded server. */
export interface PlaceLog {
  debug(message: string): void;
  warn(message: string): void;
}

/**
 * Finds the configured database, or starts the embedded one, and changes nothing in it. `besideService` takes the server
 * of a service that runs on this data directory already, if there is one. Throws OperatorError.
 */
export const openPlace = async (
  config: PlaceSettings,
  log: PlaceLog,
  besideService: boolean,
): Promise<Place> =>
  config.DATABASE_URL
    ? externalPlace(config.DATABASE_URL, config.MIGRATION_DATABASE_URL)
    : embeddedPlace(config, log, besideService);

/** What the server or the network said of a connection is the operator's to mend; it quotes no record. */
export const explain = (error: unknown): unknown => {
  const { code, message, errors } = error as Error & { code?: string; errors?: Error[] };
  const mendable = isAway(error) || isTls(code, message) || /^(28|3D|42501)/.test(code ?? '');
  if (error instanceof OperatorError || !mendable) return error;
  const said = message || errors?.[0]?.message || code;
  const advice =
    code === '42501'
      ? 'Set MIGRATION_DATABASE_URL to the login that owns the database.'
      : 'Check DATABASE_URL and the server.';
  return new OperatorError(`The database cannot be used: ${said}. ${advice}`, { cause: error });
};

/** What Node says of a certificate and of TLS, by its code; what `pg` says of a server without TLS has none. */
const isTls = (code = '', message = ''): boolean =>
  /^(ERR_(TLS|SSL|OSSL)_|EPROTO|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_|INVALID_CA)/.test(code) ||
  /\bSSL\b/.test(message);

const never = new Promise<string>(() => {});

const externalPlace = (service: string, migration: string | null): Place => ({
  service: verified(service),
  migration: verified(migration ?? service),
  stop: async () => {},
  failed: never,
});

/**
 * `pg` checks the certificate in these three modes as in `verify-full`, and warns at each start that a later release may
 * not: so it is told what is meant.
 */
const verified = (url: string): string =>
  /[?&]uselibpqcompat=/.test(url)
    ? url
    : url.replace(/([?&]sslmode=)(?:prefer|require|verify-ca)(?=&|$)/, '$1verify-full');

const embeddedPlace = async (
  { DATA_DIR: dataDirectory, DATABASE_POOL_SIZE: poolSize }: PlaceSettings,
  log: PlaceLog,
  besideService: boolean,
): Promise<Place> => {
  const running = besideService ? await findRunning(dataDirectory) : undefined;
  if (running) return { ...urlsOf(running), stop: async () => {}, failed: never };
  let stopping = false;
  const server = await startEmbedded({
    dataDirectory,
    // Room for the commands beside the service, and for what takes a connection of its own.
    settings: { max_connections: String(poolSize + 50) },
    onLog: (line) => (isExpected(line, stopping) ? log.debug(line) : log.warn(line)),
  });
  const failed = keepRunning(server, log);
  try {
    await makeDatabase(server);
  } catch (error) {
    await server.stop();
    throw error;
  }
  const stop = () => {
    stopping = true;
    return server.stop();
  };
  return { ...urlsOf(server), stop, failed };
};

/** What the server says without being asked, and that a stop ended a connection (57P01). */
const isExpected = (line: string, stopping: boolean): boolean =>
  line.includes(' LOG: ') || (stopping && line.includes(' 57P01 '));

const mostRestarts = 5;
const restartWindowMs = 60_000;

/**
 * Starts the embedded server again whenever it ends by itself; meanwhile requests are answered with 503. Resolves
 * with a sentence when it ends too often or does not start again.
 */
const keepRunning = (server: EmbeddedServer, log: PlaceLog): Promise<string> =>
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

const urlsOf = ({ socketDirectory, port }: EmbeddedAddress) => ({
  service: connectionString({ socketDirectory, port, user: applicationRole, database: databaseName }),
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
    if (!has(applicationRole)) await client.query(`CREATE ROLE ${applicationRole} LOGIN`);
    await client.query(`CREATE DATABASE ${databaseName} OWNER ${ownerRole}`);
  } finally {
    await client.end();
  }
};
