import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from './postgres.ts';
import { startProgram } from './programs.ts';

/** The service under test: a process of its own. */
export interface Service {
  origin: string;
  pid: number;
  /** The number of group commits so far, and of the changes in them. */
  groups(): Promise<{ count: number; changes: number }>;
  stop(): Promise<void>;
}

/** What is started, and how. */
export interface ServiceOptions {
  program: string;
  /** Where it writes a CPU profile when it stops. */
  profileDirectory: string | null;
  sealing: boolean;
}

/** Starts the service and waits until it is ready. */
export const startService = async (database: Database, options: ServiceOptions): Promise<Service> => {
  const port = await freePort();
  const { program, profileDirectory } = options;
  const flags = [
    ...startFlags(),
    ...(profileDirectory ? ['--cpu-prof', `--cpu-prof-dir=${profileDirectory}`] : []),
  ];
  const { child, finished } = startProgram(process.execPath, [...flags, program, 'serve', '--no-demo'], {
    env: { ...environment(database, options.sealing), PORT: String(port) },
  });
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  let ended: string | undefined;
  void finished.then(({ code, output }) => {
    process.off('exit', kill);
    ended = `the service ended with code ${code}: ${output.slice(-2000)}`;
  });
  const origin = `http://127.0.0.1:${port}`;
  while (!(await isReady(origin))) {
    if (ended !== undefined) throw new Error(ended);
    await delay(50);
  }
  return {
    origin,
    pid: child.pid ?? 0,
    groups: async () => groupsIn(await (await fetch(`${origin}/metrics`)).text()),
    stop: async () => {
      child.kill('SIGTERM');
      await finished;
    },
  };
};

/** The key of a benchmark's database, which holds no real customer. */
export const sourceKey = Buffer.alloc(32, 7).toString('base64');

/** The flags with which `npm start` runs Node. */
const startFlags = (): string[] => {
  const file = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const { scripts } = JSON.parse(file) as { scripts: { start: string } };
  return scripts.start.split(' ').filter((word) => word.startsWith('--'));
};

/** Limits stay switched on, so that their cost is part of what is measured, but are never reached. */
const environment = (database: Database, sealing: boolean): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  DATABASE_URL: database.serviceUrl,
  MIGRATION_DATABASE_URL: database.ownerUrl,
  SOURCE_KEY: sourceKey,
  SEALING: sealing ? 'on' : 'off-for-a-benchmark',
  // No pooler stands between: as on the embedded database.
  PREPARED_STATEMENTS: 'on',
  LOG_LEVEL: 'warn',
  RATE_LIMIT_KEY_PER_SECOND: '1000000',
  RATE_LIMIT_TENANT_PER_SECOND: '1000000',
  // The contracts' own limits are as low as the vendors'; an hour's and longer ones cost a count a second, so they stay.
  REVIO_RATE_LIMIT_PER_MINUTE: '1000000000',
  REVIO_RATE_LIMIT_PER_DAY: '1000000000',
  SERVITLY_RATE_LIMIT_TENANT_PER_HOUR: '1000000000',
  SERVITLY_RATE_LIMIT_KEY_PER_HOUR: '1000000000',
  SERVITLY_RATE_LIMIT_KEY_PER_MONTH: '1000000000',
  SEAMLESSOS_RATE_LIMIT_KEY_PER_MINUTE: '1000000000',
});

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

const isReady = async (origin: string): Promise<boolean> => {
  try {
    return (await fetch(`${origin}/readyz`)).ok;
  } catch {
    return false;
  }
};

/** The sum and the count of the histogram of group sizes, in Prometheus' text format. */
const groupsIn = (metrics: string): { count: number; changes: number } => {
  const total = (suffix: string) =>
    [...metrics.matchAll(new RegExp(`^\\w*group_size\\w*_${suffix}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))].reduce(
      (sum, [, value]) => sum + Number(value),
      0,
    );
  return { count: total('count'), changes: total('sum') };
};
