import { type Config, readConfig } from '../config.ts';
import { OperatorError, Refusal } from '../errors.ts';
import type { Database } from '../storage/database.ts';
import { isAway } from '../storage/database-errors.ts';
import { isThere } from '../storage/embedded/embedded.ts';
import { DataDirectoryInUse } from '../storage/embedded/lock.ts';
import { keyFileAdvice, type OpenDatabase, openConfigured } from '../storage/open.ts';
import { explain, openPlace } from '../storage/place.ts';

/** What a command works with: the database of the service, whether one runs or not. */
interface Session {
  database: Database;
  /** The migrations that opening it applied. */
  migrations: string[];
}

/**
 * Runs `work` on the configured database and closes it again. On an embedded database it joins the server of a running
 * service or starts one for the moment. Another command may do the same at that moment, and stop the server that this
 * one just joined: then `work` is run again, so it must be safe to repeat. `first` lets a command make an embedded
 * database where there is none; every other one would tell nothing of a new one, in a mistyped DATA_DIR. Throws
 * OperatorError.
 */
export const withSession = async <Result>(
  work: (session: Session) => Promise<Result>,
  { first = false, ...options }: { asOwner?: boolean; first?: boolean } = {},
): Promise<Result> => {
  const config = { ...readConfig(), DATABASE_POOL_SIZE: 2 };
  if (config.DATABASE_URL === null && !first) await refuseNothing(config.DATA_DIR);
  return again(config, () => once(config, work, options));
};

const refuseNothing = async (dataDirectory: string): Promise<void> => {
  if (await isThere(dataDirectory)) return;
  throw new OperatorError(
    `There is no database in ${dataDirectory}. Set DATA_DIR to that of the service; "customary serve" makes a new one.`,
  );
};

/**
 * Runs `work` with the URL of the owner's login on the configured database, which is not migrated. Otherwise as
 * `withSession`; `alone` refuses an embedded database that a service is using. Throws OperatorError.
 */
export const withOwner = async <Result>(
  work: (url: string, config: Config) => Promise<Result>,
  options: { alone: boolean },
): Promise<Result> => {
  const config = readConfig();
  const run = async () => {
    const place = await openPlace(config, quiet, !options.alone);
    try {
      return await work(place.migration, config);
    } catch (error) {
      throw explain(error);
    } finally {
      await place.stop();
    }
  };
  return again(config, run);
};

/** Runs it again where another command stopped the embedded server that both had joined. */
const again = async <Result>(config: Config, run: () => Promise<Result>): Promise<Result> => {
  // An end by `exit` takes along the server that was started for the moment; a signal alone would not.
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
  for (let left = mostRetries; ; left--) {
    try {
      return await run();
    } catch (error) {
      if (left === 0 || config.DATABASE_URL !== null || !isPassing(error)) throw error;
    }
  }
};

const mostRetries = 5;

const once = async <Result>(
  config: Config,
  work: (session: Session) => Promise<Result>,
  options: { asOwner?: boolean },
): Promise<Result> => {
  const opened: OpenDatabase = await openConfigured(config, quiet, { besideService: true, ...options });
  const { database, migrations, madeKeyFile } = opened;
  if (madeKeyFile) process.stderr.write(`customary: ${keyFileAdvice(madeKeyFile)}\n`);
  try {
    return await work({ database, migrations });
  } finally {
    await opened.close();
  }
};

const isPassing = (error: unknown): boolean =>
  error instanceof DataDirectoryInUse ||
  (error instanceof Refusal && error.code === 'unavailable') ||
  (error instanceof Error && (isAway(error) || isAway(error.cause)));

/** The service logs; a command tells its result and nothing else. */
const quiet = { debug() {}, info() {}, warn() {} };
