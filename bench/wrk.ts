import { fileURLToPath } from 'node:url';
import { startProgram } from './programs.ts';
import { type Cores, startMeter } from './usage.ts';

/** What a load generator saw. */
export interface Measured {
  /** Answers, or transactions, a second. */
  rate: number;
  count: number;
  meanMs: number;
  /** Unknown for pgbench. */
  p50Ms: number | null;
  p99Ms: number | null;
  cores: Cores;
}

/** A run in which something failed: its figures mean nothing. */
export class VoidRun extends Error {}

interface WrkOptions {
  program: string;
  script: 'patch' | 'get' | 'noop' | 'contract' | 'search';
  args: string[];
  origin: string;
  seconds: number;
  /** 64 unless given. */
  connections?: number;
  pids: { service: number; postgres: number };
}

/**
 * Loads the service over 64 connections, or as many as are asked for. wrk is written in C and runs its script in LuaJIT: it leaves the two cores
 * to what is measured, where autocannon, itself a Node program, takes as much of them as the service under test.
 * Throws VoidRun when any answer was an error.
 */
export const runWrk = async (options: WrkOptions): Promise<Measured> => {
  const args = [
    '-t1',
    `-c${options.connections ?? connections}`,
    `-d${options.seconds}s`,
    '--timeout',
    '10s',
  ];
  const script = `scripts/${options.script}.lua`;
  const { child, finished } = startProgram(
    options.program,
    [...args, '-s', script, options.origin, '--', ...options.args],
    { cwd: fileURLToPath(new URL('.', import.meta.url)) },
  );
  const meter = startMeter({ ...options.pids, load: child.pid ?? 0 });
  const { code, output } = await finished;
  const cores = meter.stop();
  const line = /^RESULT (.*)$/m.exec(output)?.[1];
  if (code !== 0 || !line) throw new VoidRun(`wrk failed: ${output.slice(-500)}`);
  const result = JSON.parse(line) as Result;
  if (result.refused + result.broken > 0 || result.requests === 0) {
    throw new VoidRun(
      `${script}: of ${result.requests} answers ${result.refused} were errors, and ${result.broken} connections broke`,
    );
  }
  const { requests: count, seconds, meanMs, p50Ms, p99Ms } = result;
  return { rate: count / seconds, count, meanMs, p50Ms, p99Ms, cores };
};

/** As many as the requirement names, for wrk and for pgbench. */
export const connections = 64;

interface Result {
  requests: number;
  seconds: number;
  p50Ms: number;
  p99Ms: number;
  meanMs: number;
  refused: number;
  broken: number;
}
