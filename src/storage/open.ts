import type { Config } from '../config.ts';
import { type Database, type DatabaseOptions, openDatabase } from './database.ts';
import { migrate } from './migrate.ts';
import { openKeySource } from './open-key-source.ts';
import { explain, openPlace, type PlaceLog } from './place.ts';
import { roleToAssume } from './role.ts';
import { readAllTenantKeys, tryKeySource } from './try-key-source.ts';

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
type OpenOptions = Pick<DatabaseOptions, 'onRetry' | 'rewrite'> & {
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
    const stored = await readAllTenantKeys({ connectionString: place.migration });
    const { source, made } = await openKeySource(config, stored.length === 0);
    if (made) log.warn(keyFileAdvice(made));
    await tryKeySource(source, stored);
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
