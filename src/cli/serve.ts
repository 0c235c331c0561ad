import type { Command } from 'commander';
import { readConfig } from '../config.ts';
import { CommandFailure, exitCodes } from './command-failure.ts';
import type { Demo } from './demo.ts';
import { type OutputOptions, print, withJson } from './output.ts';

/** `customary serve`: runs the service until it is told to stop. */
export const addServe = (program: Command): void => {
  withJson(program.command('serve'))
    .description('run the service; the first start on an empty database makes the tenant demo')
    .option('--no-demo', 'start an empty database without the tenant demo')
    .action(serve);
};

const serve = async (options: OutputOptions & { demo: boolean }): Promise<void> => {
  // Each call makes dozens of small buffers: the collector has less to do with fewer and larger pieces of memory.
  Buffer.poolSize = bufferPoolBytes;
  const told = signal();
  // Loaded here, so that no other command waits for the HTTP server to be loaded.
  const [{ startApp }, { makeDemo }] = await Promise.all([import('../app.ts'), import('./demo.ts')]);
  const app = await startApp(readConfig());
  try {
    // Only where it listens: a start that fails has made nothing that the next one would not show.
    const made = options.demo ? await makeDemo(app.database, app.door) : undefined;
    tellAddress(options, app.address, made);
    await made?.shown();
  } catch (error) {
    await app.stop();
    throw error;
  }
  const reason = await Promise.race([told, app.failed]);
  if (reason === undefined) return app.stop();
  await app.stop();
  throw new CommandFailure(exitCodes.failed, `The database ended: ${reason}.`);
};

const tellAddress = (options: OutputOptions, address: string, made: Demo | undefined): void => {
  const { shown: _shown, ...demo } = made ?? {};
  print(options, { address, docs: `${address}/docs`, ...(made ? { demo } : {}) }, ({ docs }) =>
    [`Customary listens on ${address} (docs: ${docs})`, ...(made ? [welcome(address, made)] : [])].join('\n'),
  );
};

const bufferPoolBytes = 64 * 1024;

const welcome = (address: string, { key, customerId, customers }: Demo): string => `
The tenant demo was made with ${customers} sample customers. Its key is shown this once:

  ${key}

Change a customer:

  curl -X PATCH ${address}/v1/customers/${customerId} -H 'Authorization: Bearer ${key}' -H 'Content-Type: application/merge-patch+json' -d '{"note":"Prefers to be called before noon"}'

`;

/** Resolves at the first signal to stop; a second one ends the program at once. */
const signal = (): Promise<undefined> =>
  new Promise((resolve) => {
    let told = false;
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(name, () => {
        if (told) process.exit(1);
        told = true;
        process.stderr.write('Stopping …\n');
        resolve(undefined);
      });
    }
  });
