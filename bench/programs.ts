import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** What an operator must put right before anything can be measured. */
export class CannotMeasure extends Error {}

/** The paths of the programs from Debian. Throws CannotMeasure with what to install. */
export const findPrograms = (searchPath: string): { wrk: string; pgbench: string } => {
  const directories = [...searchPath.split(':'), ...debianPostgresDirectories()];
  const find = (name: string) => directories.map((one) => join(one, name)).find(isExecutable);
  const wrk = find('wrk');
  const pgbench = find('pgbench');
  if (wrk && pgbench) return { wrk, pgbench };
  throw new CannotMeasure(
    'The benchmark needs wrk and pgbench: run "apt-get install wrk postgresql" (Debian or Ubuntu).',
  );
};

/** A program that ran to its end. */
interface Finished {
  code: number | null;
  output: string;
}

/** Starts a program and gathers both its streams; `finished` never rejects. */
export const startProgram = (
  path: string,
  args: string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): { child: ChildProcess; finished: Promise<Finished> } => {
  const child = spawn(path, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const gather = (text: string) => {
    output = (output + text).slice(-mostOutput);
  };
  child.stdout.setEncoding('utf8').on('data', gather);
  child.stderr.setEncoding('utf8').on('data', gather);
  const finished = new Promise<Finished>((resolve) => {
    child.once('error', (error) => resolve({ code: null, output: error.message }));
    child.once('close', (code) => resolve({ code, output }));
  });
  return { child, finished };
};

const mostOutput = 100_000;

/** Debian keeps pgbench beside each version of the server; the newest comes first. */
const debianPostgresDirectories = (): string[] => {
  const root = '/usr/lib/postgresql';
  try {
    return readdirSync(root)
      .sort((a, b) => Number(b) - Number(a))
      .map((version) => join(root, version, 'bin'));
  } catch {
    return [];
  }
};

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};
