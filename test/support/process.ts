import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { sourceKey } from './source-key.ts';

/** The service as a process of its own. */
export interface ServiceProcess {
  address: string;
  child: ChildProcess;
  /** Everything it printed so far. */
  output(): string;
  /** Sends a signal and waits for the end; gives the exit code, null after a kill. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
}

/** The program's entry. */
export const program = fileURLToPath(new URL('../../bin/customary.js', import.meta.url));

/** Starts `customary serve` and waits until it listens. Rejects with its output when it ends before. */
export const startProcess = async (
  environment: Record<string, string>,
  args: string[] = [],
  options: { detached?: boolean } = {},
): Promise<ServiceProcess> => {
  const child = spawn(process.execPath, [program, 'serve', ...args], {
    env: { PATH: process.env['PATH'] ?? '', PORT: '0', LOG_LEVEL: 'silent', ...sourceKey, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, as a shell gives to a job.
    detached: options.detached === true,
  });
  let output = '';
  child.stderr.on('data', (chunk) => (output += chunk));
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  const address = new Promise<string>((resolve) => {
    createInterface(child.stdout).on('line', (line) => {
      output += `${line}\n`;
      const [, found] = /listens on (\S+)/.exec(line) ?? [];
      if (found) resolve(found);
    });
  });
  const early = ended.then((code) => Promise.reject(new Error(`The service ended with ${code}: ${output}`)));
  early.catch(() => {});
  return {
    address: await Promise.race([address, early]),
    child,
    output: () => output,
    end(signal = 'SIGTERM') {
      child.kill(signal);
      return ended;
    },
  };
};
