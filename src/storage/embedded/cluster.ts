import { chmod, chown, mkdtemp, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { OperatorError } from '../../errors.ts';
import { syncDirectory } from '../../privacy/sync-directory.ts';
import { type Account, runAs } from './account.ts';
import type { Binaries } from './binaries.ts';

/** The name of the database superuser of every embedded server. */
export const superuser = 'postgres';

const draftPrefix = 'postgres.new.';

/**
 * Creates the database cluster at `dataDirectory/postgres`, unless it is there, and gives it to `account`.
 * It is made beside its place and renamed when it is complete and on disk, so a start that is cut short never leaves a
 * half cluster behind. The caller holds the lock. With `durable` false nothing is forced to disk.
 */
export async function prepareCluster(
  binaries: Binaries,
  account: Account,
  dataDirectory: string,
  durable: boolean,
): Promise<string> {
  const cluster = join(dataDirectory, 'postgres');
  await removeDrafts(dataDirectory);
  if (!(await isComplete(cluster))) {
    const draft = await mkdtemp(join(dataDirectory, draftPrefix));
    if (account.ids) await chown(draft, account.ids.uid, account.ids.gid);
    await initialise(binaries, account, draft, durable);
    await rename(draft, cluster);
    if (durable) await syncDirectory(dataDirectory);
  }
  await takeOwnership(account, cluster);
  return cluster;
}

async function initialise(
  binaries: Binaries,
  account: Account,
  directory: string,
  durable: boolean,
): Promise<void> {
  const { code, output } = await runAs(account, binaries.initdb, [
    ...['--pgdata', directory, '--username', superuser, '--encoding=UTF8', '--data-checksums'],
    // Code point order and Unicode case mapping, equal on every machine and for ever.
    ...['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
    ...['--auth-local=trust', '--auth-host=reject', '--no-instructions'],
    ...(durable ? [] : ['--no-sync']),
  ]);
  if (code !== 0) {
    const reason = output.trim().split('\n').slice(-5).join('\n');
    throw new OperatorError(`The database could not be created in ${directory}:\n${reason}`);
  }
  // The directory of the socket is closed to other users, which is what "trust" stands on.
  const hba = await open(join(directory, 'pg_hba.conf'), 'w');
  try {
    await hba.writeFile('# Only the unix socket, in a directory of mode 0700.\nlocal all all trust\n');
    if (durable) await hba.sync();
  } finally {
    await hba.close();
  }
}

/** False when nothing is there yet; throws when something else stands in the cluster's place. */
async function isComplete(cluster: string): Promise<boolean> {
  const names = await readdir(cluster).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  if (names.includes('PG_VERSION')) return true;
  if (names.length === 0) return false;
  throw new OperatorError(
    `${cluster} is not a PostgreSQL database: move it away, or choose another DATA_DIR.`,
  );
}

/** What is left of starts that were cut short. A program of theirs that still runs may hinder it: then next time. */
async function removeDrafts(dataDirectory: string): Promise<void> {
  for (const name of await readdir(dataDirectory)) {
    if (name.startsWith(draftPrefix)) {
      await rm(join(dataDirectory, name), { recursive: true, force: true }).catch(() => {});
    }
  }
}

/** A cluster that root copied back from a backup belongs to root, and PostgreSQL refuses it. */
async function takeOwnership(account: Account, cluster: string): Promise<void> {
  if (!account.ids || (await stat(cluster)).uid === account.ids.uid) return;
  const { code, output } = await runAs({}, 'chown', [
    '-R',
    `${account.ids.uid}:${account.ids.gid}`,
    '--',
    cluster,
  ]);
  if (code !== 0)
    throw new OperatorError(`${cluster} could not be given to PostgreSQL's user: ${output.trim()}`);
  await chmod(cluster, 0o700);
}
