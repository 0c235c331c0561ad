import { readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { OperatorError } from '../../errors.ts';
import { commandLine } from './process.ts';

/** Every server has its own directory, so all can have the same port number, which is a part of the socket's name. */
export const port = 5432;

/** The file name of a server's socket. */
export const socketName = `.s.PGSQL.${port}`;

/** What `postmaster.pid` says about a server. */
interface PostmasterFile {
  pid: number;
  socketDirectory: string;
  ready: boolean;
}

/** Reads the cluster's `postmaster.pid`; `undefined` when there is none or it is not yet complete. */
export async function readPostmasterFile(cluster: string): Promise<PostmasterFile | undefined> {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  // The lines by number: src/include/utils/pidfile.h of PostgreSQL.
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  const ready = lines[7]?.trim() === 'ready';
  return { pid, socketDirectory: lines[4] ?? '', ready };
}

/** True while `pid` is a PostgreSQL server of this very cluster, not another process that got its number. */
export async function isPostmaster(pid: number, cluster: string): Promise<boolean> {
  const line = await commandLine(pid);
  return line?.includes(clusterArguments(cluster).join(' ')) ?? false;
}

/** The arguments by which a server is started on `cluster`, and recognised afterwards. */
export function clusterArguments(cluster: string): string[] {
  return ['-D', cluster];
}

/**
 * Stops a server that a killed service left on the cluster, and removes a `postmaster.pid` whose process number belongs
 * to something else now, which PostgreSQL would take for a running server. The caller holds the lock.
 */
export async function clearOrphan(cluster: string): Promise<void> {
  const file = await readPostmasterFile(cluster);
  if (file === undefined) return;
  for (const [signal, waitMs] of [['SIGINT', 20_000] as const, ['SIGQUIT', 10_000] as const]) {
    if (!(await isPostmaster(file.pid, cluster))) break;
    signalProcess(file.pid, signal, cluster);
    const deadline = Date.now() + waitMs;
    while (Date.now() < deadline && (await isPostmaster(file.pid, cluster))) await delay(10);
  }
  if (await isPostmaster(file.pid, cluster)) {
    throw new OperatorError(`PostgreSQL (process ${file.pid}) still runs on ${cluster} and does not stop.`);
  }
  // The lock and process numbers do not reach into another container, but a socket on a shared volume does.
  if (await answers(join(file.socketDirectory, socketName))) {
    throw new OperatorError(
      `A PostgreSQL of another container or machine runs on ${cluster}: stop that one first.`,
    );
  }
  await rm(join(cluster, 'postmaster.pid'), { force: true });
}

async function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function signalProcess(pid: number, signal: NodeJS.Signals, cluster: string): void {
  try {
    process.kill(pid, signal);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ESRCH') return;
    throw new OperatorError(`PostgreSQL (process ${pid}) runs on ${cluster} and cannot be stopped.`, {
      cause,
    });
  }
}
