import { mkdir, readdir, readlink, symlink, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { OperatorError } from '../../errors.ts';
import { processIdentity } from './process.ts';

/** Another process has the data directory. */
export class DataDirectoryInUse extends OperatorError {}

/** The hold of one process on a data directory. */
export interface Lock {
  /** Gives the data directory free. */
  release(): Promise<void>;
}

/**
 * Takes the data directory for this process, or throws `DataDirectoryInUse` that names the directory and the process
 * that has it. A lock whose process is gone, also when its number was given to another process, is taken over.
 *
 * Claims are numbered symbolic links `lock/<n>` whose target is the claim's text: creating one is atomic, fails when the
 * number is taken, and is never seen half written. The highest number counts. It never goes down (a release adds a
 * "free" claim), so whoever read an outdated list finds its number taken or a higher one, and looks again: of any
 * number of simultaneous starters exactly one wins, without a moment in which the lock is missing.
 */
export async function acquireLock(dataDirectory: string): Promise<Lock> {
  const directory = join(dataDirectory, 'lock');
  await mkdir(directory, { recursive: true });
  const identity = await processIdentity(process.pid);
  for (;;) {
    const { numbers, holder } = await readClaims(directory);
    if (holder !== undefined) {
      throw new DataDirectoryInUse(`The data directory ${dataDirectory} is in use by process ${holder}.`);
    }
    const mine = (numbers[0] ?? 0) + 1;
    if (!(await claim(directory, mine, `${process.pid} ${identity ?? ''}`))) continue;
    const highest = (await readClaims(directory)).numbers[0];
    if (highest !== mine) {
      await remove(directory, mine);
      continue;
    }
    for (const number of numbers) await remove(directory, number);
    return { release: () => release(directory, mine) };
  }
}

/** The number of the live process that has the data directory, or `undefined`. */
export async function lockHolder(dataDirectory: string): Promise<number | undefined> {
  return (await readClaims(join(dataDirectory, 'lock'))).holder;
}

async function release(directory: string, mine: number): Promise<void> {
  if (await claim(directory, mine + 1, 'free')) await remove(directory, mine);
}

/** The claims' numbers, highest first, and the live process behind the highest one. */
async function readClaims(directory: string): Promise<{ numbers: number[]; holder: number | undefined }> {
  for (;;) {
    const names = await readdir(directory).catch(ignoreMissing);
    const numbers = (names ?? [])
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .sort((a, b) => b - a);
    if (numbers[0] === undefined) return { numbers, holder: undefined };
    const text = await readlink(join(directory, String(numbers[0]))).catch(ignoreMissing);
    // Another process replaced this claim between the two calls: look again.
    if (text === undefined) continue;
    const [pid, identity] = text.split(' ');
    if (text === 'free' || pid === undefined) return { numbers, holder: undefined };
    const current = await processIdentity(Number(pid));
    return { numbers, holder: current !== undefined && current === identity ? Number(pid) : undefined };
  }
}

async function claim(directory: string, number: number, text: string): Promise<boolean> {
  try {
    await symlink(text, join(directory, String(number)));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function remove(directory: string, number: number): Promise<void> {
  await unlink(join(directory, String(number))).catch(ignoreMissing);
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
