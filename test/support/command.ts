import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import type { JsonObject } from '../../src/schema/json.ts';
import { program } from './process.ts';
import { sourceKey } from './source-key.ts';
import { temporaryRoot } from './temporary-root.ts';

/** How a command ended. */
interface CommandResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs `customary` with these words as a process of its own, to its end. */
export type RunCommand = (words: string[], input?: string | Buffer) => Promise<CommandResult>;

/** Makes the runner of an environment. */
export const commandIn =
  (environment: Record<string, string>): RunCommand =>
  async (words, input = '') => {
    const env = { PATH: process.env['PATH'] ?? '', ...sourceKey, ...environment };
    const child = spawn(process.execPath, [program, ...words], { env });
    child.stdin.end(input);
    const [stdout, stderr, [code]] = await Promise.all([
      text(child.stdout),
      buffer(child.stderr),
      once(child, 'exit'),
    ]);
    return { code: code as number | null, stdout, stderr: stderr.toString('utf8') };
  };

/** The only JSON document on standard output of a command that went well. */
export const jsonOf = ({ code, stdout, stderr }: CommandResult): JsonObject & Record<string, any> => {
  if (code !== 0 || stderr !== '') throw new Error(`The command ended with ${code}: ${stderr}`);
  return JSON.parse(stdout);
};

/** A directory that is removed after the test. */
export const temporaryDirectory = async (): Promise<string> => {
  const path = await mkdtemp(join(temporaryRoot(), 'customary-test-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
};
