import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { OperatorError } from '../../errors.ts';
import { type Account, spawnAs } from './account.ts';
import type { Binaries } from './binaries.ts';
import { createLogReader, type LogReader } from './log.ts';
import { clearOrphan, clusterArguments, readPostmasterFile } from './postmaster-file.ts';
import { settingArguments } from './settings.ts';

/** How a server is started. */
export interface PostmasterOptions {
  binaries: Binaries;
  account: Account;
  cluster: string;
  settings: Record<string, string>;
  onLog: (line: string) => void;
}

/** A PostgreSQL server that is this process's child. */
export interface Postmaster {
  /** Ends all sessions and the server ("fast shutdown"); after 20 s without the checkpoint ("immediate"). */
  stop(): Promise<void>;
  /** Calls `listener` once when the server has ended without `stop`. */
  onExit(listener: (reason: string) => void): void;
}

const stillInUse = 'F0001';
const retryMs = 30_000;

/**
 * Starts PostgreSQL and waits until it accepts connections, through a crash recovery if there is one to do.
 * Throws an `OperatorError` with the server's last words when it ends instead.
 */
export async function startPostmaster(options: PostmasterOptions): Promise<Postmaster> {
  const deadline = Date.now() + retryMs;
  for (;;) {
    await clearOrphan(options.cluster);
    const { child, log, exited } = spawnPostmaster(options);
    const failure = await Promise.race([exited, untilReady(child, options.cluster)]);
    if (failure === undefined) return supervise(child, exited);
    // The sessions of a server that was killed need a moment to notice and let go of its shared memory.
    if (!log.saw(stillInUse) || Date.now() > deadline) {
      throw new OperatorError(`PostgreSQL did not start on ${options.cluster} (${failure}):\n${log.tail()}`);
    }
    await delay(200);
  }
}

function spawnPostmaster({ binaries, account, cluster, settings, onLog }: PostmasterOptions) {
  const child = spawnAs(
    account,
    binaries.postgres,
    [...clusterArguments(cluster), ...settingArguments(settings)],
    {
      cwd: '/',
      stdio: ['ignore', 'ignore', 'pipe'],
      // A session of its own: the terminal's Ctrl-C must not end the database before the service has finished.
      detached: true,
    },
  );
  const log: LogReader = createLogReader(onLog);
  child.stderr?.setEncoding('utf8').on('data', log.push);
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ? `ended by ${signal}` : `exit code ${code}`));
  });
  // A program that ends without stopping, say by an uncaught error, takes its database along.
  const stopAtExit = () => void child.kill('SIGINT');
  process.once('exit', stopAtExit);
  exited.then(() => process.off('exit', stopAtExit));
  return { child, log, exited };
}

/** Resolves when the server accepts connections; never when it ends before that. */
async function untilReady(child: ChildProcess, cluster: string): Promise<undefined> {
  while (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
    const file = await readPostmasterFile(cluster);
    if (file?.pid === child.pid && file.ready) return;
    await delay(10);
  }
  return new Promise(() => {});
}

function supervise(child: ChildProcess, exited: Promise<string>): Postmaster {
  let stopping: Promise<void> | undefined;

  async function stop(): Promise<void> {
    child.kill('SIGINT');
    const impatience = setTimeout(() => child.kill('SIGQUIT'), 20_000);
    await exited;
    clearTimeout(impatience);
    child.stderr?.destroy();
  }
  return {
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
    onExit: (listener) => {
      exited.then((reason) => {
        if (stopping === undefined) listener(`PostgreSQL ended unexpectedly (${reason})`);
      });
    },
  };
}
