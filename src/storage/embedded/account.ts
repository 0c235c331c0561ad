import { execFile, type SpawnOptions, spawn } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { OperatorError } from '../../errors.ts';
import type { Binaries } from './binaries.ts';

const run = promisify(execFile);
const env = { LC_ALL: 'C', PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };

/** The operating-system account that PostgreSQL's programs run under. */
export interface Account {
  /** Another user than this process's, because PostgreSQL refuses to run as root. */
  ids?: { uid: number; gid: number };
  /** A Linux capability that lets this user pass directories that are closed to it. */
  capability?: 'dac_read_search' | 'dac_override';
}

/**
 * Chooses the account: this process's own user, or for root the owner of the existing `cluster` directory, else the
 * user `postgres`, who is created when the system allows it, else `nobody`. The checkout and the data directory can lie
 * where only root may go (`/root`, a directory of `mktemp -d`); then the account gets the one capability it needs.
 * Throws an `OperatorError` when the account cannot reach `dataDirectory` or the binaries.
 */
export async function chooseAccount(
  binaries: Binaries,
  dataDirectory: string,
  cluster: string,
): Promise<Account> {
  const uid = process.geteuid?.();
  const owner = await stat(cluster).catch(() => undefined);
  if (uid !== 0) {
    if (owner && owner.uid !== uid) {
      throw new OperatorError(
        `The data directory ${dataDirectory} belongs to another user (uid ${owner.uid}): run as that user or as root.`,
      );
    }
    if (await reaches({}, binaries, dataDirectory)) return {};
    throw new OperatorError(
      `${binaries.postgres} cannot be run on this system (on Linux it needs glibc): ` +
        'set DATABASE_URL to use a server.',
    );
  }
  const ids = owner && owner.uid !== 0 ? { uid: owner.uid, gid: owner.gid } : await unprivilegedIds();
  const candidates: Account[] = [
    { ids },
    { ids, capability: 'dac_read_search' },
    { ids, capability: 'dac_override' },
  ];
  for (const account of candidates) {
    if (await reaches(account, binaries, dataDirectory)) return account;
  }
  throw new OperatorError(
    `PostgreSQL does not run as root, and the user it would run as (uid ${ids.uid}) cannot reach ${dataDirectory} or ` +
      `${binaries.postgres}: run as an ordinary user, or make all parents of both passable ("chmod o+x"), ` +
      'or set DATABASE_URL to use a server.',
  );
}

/** Starts `program` under `account`, in an environment of its own: `PGOPTIONS` and the like must not reach it. */
export function spawnAs(account: Account, program: string, args: string[], options: SpawnOptions = {}) {
  const { ids, capability } = account;
  if (!ids || !capability) return spawn(program, args, { ...options, ...ids, env });
  const prefix = [
    ...['--reuid', String(ids.uid), '--regid', String(ids.gid), '--clear-groups', '--no-new-privs'],
    ...[`--inh-caps=+${capability}`, `--ambient-caps=+${capability}`, `--bounding-set=-all,+${capability}`],
    // Without this, access(2) ignores the capabilities of an ordinary user (capabilities(7)), and PostgreSQL asks it
    // whether it may run its own binary.
    '--securebits=+no_setuid_fixup',
    '--',
  ];
  return spawn('setpriv', [...prefix, program, ...args], { ...options, env });
}

/** Runs `program` under `account` to its end; `output` is what it wrote to either stream. */
export async function runAs(account: Account, program: string, args: string[]) {
  return new Promise<{ code: number | null; output: string }>((resolve, reject) => {
    const child = spawnAs(account, program, args, { cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

async function unprivilegedIds(): Promise<{ uid: number; gid: number }> {
  const existing = await idsOf('postgres');
  if (existing) return existing;
  if (process.platform === 'linux') {
    // Two services that start at once may both try; whoever comes second finds the user.
    await run('useradd', ['--system', '--user-group', '--no-create-home', 'postgres'], { env }).catch(
      () => {},
    );
  }
  const ids = (await idsOf('postgres')) ?? (await idsOf('nobody'));
  if (ids) return ids;
  throw new OperatorError(
    'PostgreSQL does not run as root, and there is no user "postgres" or "nobody" to run it as: ' +
      'run as an ordinary user, or set DATABASE_URL to use a server.',
  );
}

async function idsOf(name: string): Promise<{ uid: number; gid: number } | undefined> {
  try {
    const [uid, gid] = await Promise.all([
      run('id', ['-u', name], { env }),
      run('id', ['-g', name], { env }),
    ]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}

/** Asks the system itself: modes, access lists, containers and security modules all have a say. */
async function reaches(account: Account, binaries: Binaries, dataDirectory: string): Promise<boolean> {
  const script = 'test -r "$1" && test -x "$1" && test -r "$2" && test -x "$3" && "$1" --version';
  const args = ['-c', script, 'sh', binaries.postgres, binaries.catalog, dataDirectory];
  const result = await runAs(account, '/bin/sh', args).catch(() => undefined);
  return result?.code === 0;
}
