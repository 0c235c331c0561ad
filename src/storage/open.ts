import pg from 'pg';
import type { Config } from '../config.ts';
import { type Database, type DatabaseOptions, openDatabase } from './database.ts';
import { migrate } from './migrate.ts';
import { openKeySource } from './open-key-source.ts';
import { explain, openPlace, type PlaceLog } from './place.ts';
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
  log: PlaceLog & { info(message: string): void },
  options: OpenOptions = {},
): Promise<OpenDatabase> => {
  const { besideService, asOwner, ...databaseOptions } = options;
  const place = await openPlace(config, log, besideService === true);
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
