import { chmod, chown, lstat, mkdir, mkdtemp, readlink, rm, rmdir, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Account } from './account.ts';
import { socketName } from './postmaster-file.ts';

// The size of sun_path in unix(7), without the closing zero byte.
const longestPathBytes = process.platform === 'linux' ? 107 : 103;

/**
 * Makes the directory of the server's socket, mode 0700, and clears it of sockets of earlier servers.
 * It is `dataDirectory/run`, or, where that path is too long for a socket, a short one in the system's directory for
 * temporary files, to which `dataDirectory/run` is then a symbolic link. The caller holds the lock.
 */
export async function prepareSocketDirectory(dataDirectory: string, account: Account): Promise<string> {
  const run = join(dataDirectory, 'run');
  const directory = fits(run) ? await inDataDirectory(run) : await inTemporaryDirectory(run, account);
  await chmod(directory, 0o700);
  if (account.ids) await chown(directory, account.ids.uid, account.ids.gid);
  await rm(join(directory, socketName), { force: true });
  await rm(join(directory, `${socketName}.lock`), { force: true });
  return directory;
}

/** Removes the short directory again, so that no stopped server leaves one; the next start makes another. */
export async function releaseSocketDirectory(dataDirectory: string): Promise<void> {
  const run = join(dataDirectory, 'run');
  const recorded = await readlink(run).catch(() => undefined);
  if (recorded === undefined) return;
  await rm(run);
  // Not recursive: whatever is not ours stays.
  await rmdir(recorded).catch(() => {});
}

async function inDataDirectory(run: string): Promise<string> {
  // A link is left of a time in which the data directory had a longer path.
  if ((await lstat(run).catch(() => undefined))?.isSymbolicLink()) await rm(run);
  await mkdir(run, { recursive: true });
  return run;
}

async function inTemporaryDirectory(run: string, account: Account): Promise<string> {
  const recorded = await readlink(run).catch(() => undefined);
  if (recorded !== undefined && (await isPrivate(recorded, account))) return recorded;
  const prefix = join(tmpdir(), 'customary-');
  const fresh = await mkdtemp(fits(`${prefix}XXXXXX`) ? prefix : '/tmp/customary-');
  await rm(run, { recursive: true, force: true });
  await symlink(fresh, run);
  return fresh;
}

/** The directory for temporary files is open to all: someone else may have made a directory of the recorded name. */
async function isPrivate(directory: string, account: Account): Promise<boolean> {
  const status = await lstat(directory).catch(() => undefined);
  const uid = account.ids?.uid ?? process.geteuid?.();
  return status?.isDirectory() === true && status.uid === uid && (status.mode & 0o077) === 0;
}

function fits(directory: string): boolean {
  return Buffer.byteLength(join(directory, socketName)) <= longestPathBytes;
}
