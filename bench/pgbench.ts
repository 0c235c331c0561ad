import { fileURLToPath } from 'node:url';
import type { Database } from './postgres.ts';
import { startProgram } from './programs.ts';
import { startMeter } from './usage.ts';
import { connections, type Measured, VoidRun } from './wrk.ts';

interface PgbenchOptions {
  program: string;
  script: 'same-rows' | 'bare';
  variables: Record<string, string>;
  database: Database;
  seconds: number;
  pids: { service: number; postgres: number };
}

/** Runs a script with 64 clients, one transaction each time. Throws VoidRun when a transaction failed. */
export const runPgbench = async (options: PgbenchOptions): Promise<Measured> => {
  const { database, seconds } = options;
  const { child, finished } = startProgram(options.program, [
    ...['--no-vacuum', '--protocol=prepared', `--client=${connections}`, '--jobs=2', `--time=${seconds}`],
    `--file=${fileURLToPath(new URL(`scripts/${options.script}.sql`, import.meta.url))}`,
    ...Object.entries(options.variables).map(([name, value]) => `--define=${name}=${value}`),
    ...['-h', database.socketDirectory, '-p', String(database.port), '-U', database.user, database.name],
  ]);
  const meter = startMeter({ ...options.pids, load: child.pid ?? 0 });
  const { code, output } = await finished;
  const cores = meter.stop();
  const number = (pattern: RegExp) => Number(pattern.exec(output)?.[1]);
  const rate = number(/^tps = ([\d.]+)/m);
  const count = number(/^number of transactions actually processed: (\d+)/m);
  const failed = number(/^number of failed transactions: (\d+)/m);
  if (code !== 0 || !(rate > 0) || failed > 0) throw new VoidRun(`pgbench failed: ${output.slice(-500)}`);
  return { rate, count, meanMs: number(/^latency average = ([\d.]+) ms/m), p50Ms: null, p99Ms: null, cores };
};
