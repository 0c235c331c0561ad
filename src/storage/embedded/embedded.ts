import { access, mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { OperatorError } from '../../errors.ts';
import { chooseAccount } from './account.ts';
import { findBinaries } from './binaries.ts';
import { prepareCluster, superuser } from './cluster.ts';
import { acquireLock, type Lock, lockHolder } from './lock.ts';
import { type Postmaster, type PostmasterOptions, startPostmaster } from './postmaster.ts';
import { isPostmaster, port, readPostmasterFile } from './postmaster-file.ts';
import { serverSettings } from './settings.ts';
import { prepareSocketDirectory, releaseSocketDirectory } from './socket-directory.ts';

/** How to reach an embedded server: by the unix socket in `socketDirectory`, without a password. */
export interface EmbeddedAddress {
  socketDirectory: string;
  port: number;
  superuser: string;
}

/** A PostgreSQL server that runs as a child of this process. */
export interface EmbeddedServer extends EmbeddedAddress {
  /** Ends all sessions, stops the server and gives the data directory free. Can be called again. */
  stop(): Promise<void>;
  /** Calls `listener` once, with a sentence, when the server that runs now ends without `stop` being called. */
  onExit(listener: (reason: string) => void): void;
  /** Starts the server again at the same address after it ended by itself. Throws an `OperatorError`. */
  restart(): Promise<void>;
}

/** What to start. */
interface EmbeddedOptions {
  /** Created when missing. Holds the cluster in `postgres`, the socket in `run` and the claims of `lock`. */
  dataDirectory: string;
  /** Receives the lines of the server's log that cannot hold a personal value. */
  onLog?: (line: string) => void;
  /** Server settings that take the place of those in `settings.ts`. */
  settings?: Record<string, string>;
}

/**
 * Starts the embedded PostgreSQL on a data directory, creating the database when there is none, and waits until it
 * accepts connections. Throws an `OperatorError` when another process has the data directory or the start fails.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  try {
    const dataDirectory = await openDataDirectory(options.dataDirectory);
    const lock = await acquireLock(dataDirectory);
    return await startLocked(dataDirectory, lock, options).catch(async (error) => {
      await lock.release();
      throw error;
    });
  } catch (error) {
    throw explainAccess(options.dataDirectory, error);
  }
}

/**
 * Finds the server that a running service keeps on this data directory, waiting for one that is just starting.
 * `undefined` when no service has the data directory. Throws an `OperatorError` when this user may not use it.
 */
export async function findRunning(dataDirectory: string): Promise<EmbeddedAddress | undefined> {
  const cluster = join(await realpath(dataDirectory).catch(() => dataDirectory), 'postgres');
  const deadline = Date.now() + 30_000;
  try {
    for (;;) {
      const holder = await lockHolder(dataDirectory);
      if (holder === undefined) return undefined;
      const file = await readPostmasterFile(cluster);
      if (file?.ready && (await isPostmaster(file.pid, cluster))) {
        return { socketDirectory: file.socketDirectory, port, superuser };
      }
      if (Date.now() > deadline) {
        throw new OperatorError(
          `Process ${holder} has ${dataDirectory}, but its database does not get ready.`,
        );
      }
      await delay(20);
    }
  } catch (error) {
    throw explainAccess(dataDirectory, error);
  }
}

/** Whether an embedded database lies there, or one is being made. */
export async function isThere(dataDirectory: string): Promise<boolean> {
  const made = await access(join(dataDirectory, 'postgres')).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT' && error.code !== 'ENOTDIR',
  );
  return made || (await lockHolder(dataDirectory)) !== undefined;
}

async function startLocked(
  dataDirectory: string,
  lock: Lock,
  { settings = {}, onLog = () => {} }: EmbeddedOptions,
): Promise<EmbeddedServer> {
  const binaries = await findBinaries();
  const account = await chooseAccount(binaries, dataDirectory, join(dataDirectory, 'postgres'));
  const cluster = await prepareCluster(binaries, account, dataDirectory, settings['fsync'] !== 'off');
  const socketDirectory = await prepareSocketDirectory(dataDirectory, account);
  const options: PostmasterOptions = {
    binaries,
    account,
    cluster,
    settings: {
      ...serverSettings,
      // A list for PostgreSQL: without the quotes, a comma in the path would split it.
      unix_socket_directories: `"${socketDirectory.replaceAll('"', '""')}"`,
      ...settings,
    },
    onLog,
  };
  let postmaster: Postmaster = await startPostmaster(options);
  let restarting: Promise<void> | undefined;
  let stopped: Promise<void> | undefined;
  const restart = async () => {
    postmaster = await startPostmaster(options);
  };
  const stop = async () => {
    await restarting?.catch(() => {});
    await postmaster.stop();
    await releaseSocketDirectory(dataDirectory).finally(lock.release);
  };
  return {
    socketDirectory,
    port,
    superuser,
    onExit: (listener) => postmaster.onExit(listener),
    async restart() {
      if (stopped) throw new OperatorError('The database is being stopped.');
      restarting = restart();
      await restarting;
    },
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}

/** The real path of the data directory. Root makes it passable, so that PostgreSQL's own user gets to its parts. */
async function openDataDirectory(path: string): Promise<string> {
  await mkdir(path, { recursive: true, mode: process.geteuid?.() === 0 ? 0o711 : 0o700 });
  return realpath(path);
}

function explainAccess(dataDirectory: string, error: unknown): unknown {
  if (error instanceof OperatorError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  const denied = code === 'EACCES' || code === 'EPERM';
  const reason = denied ? 'it is closed to this user; run as its owner or as root' : message;
  return new OperatorError(`The data directory ${dataDirectory} cannot be used: ${reason}.`, {
    cause: error,
  });
}
