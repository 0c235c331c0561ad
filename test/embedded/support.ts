import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { type EmbeddedServer, startEmbedded } from '../../src/storage/embedded/embedded.ts';
import { temporaryRoot } from '../support/temporary-root.ts';
import { settings } from './query.ts';

/** A directory of mode 0700 that is removed after the test. */
export async function temporaryDirectory(): Promise<string> {
  const path = await mkdtemp(join(temporaryRoot(), 'customary-test-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** An embedded server that is stopped after the test. */
export async function start(dataDirectory: string): Promise<EmbeddedServer> {
  const server = await startEmbedded({ dataDirectory, settings });
  onTestFinished(() => server.stop());
  return server;
}

/** A service process of its own that runs the embedded server, in its own process group like a shell's job. */
export function spawnService(dataDirectory: string) {
  const script = fileURLToPath(new URL('service.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, dataDirectory], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  onTestFinished(async () => {
    child.kill('SIGINT');
    await exited;
  });
  return {
    pid: child.pid as number,
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    exited,
    /** The next line it prints. */
    line: async (): Promise<string> => (await lines.next()).value as string,
  };
}
