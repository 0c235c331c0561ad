import type { Command } from 'commander';
import { startApp } from '../app.ts';
import { readConfig } from '../config.ts';
import { OperatorError } from '../errors.ts';
import { type Demo, makeDemo } from './demo.ts';

/** `customary serve`: runs the service until it is told to stop. */
export const addServe = (program: Command): void => {
  program
    .command('serve')
    .description('run the service; the first start on an empty database makes the tenant demo')
    .option('--no-demo', 'start an empty database without the tenant demo')
    .action(({ demo }: { demo: boolean }) => serve(demo));
};

const serve = async (withDemo: boolean): Promise<void> => {
  let made: Demo | undefined;
  const told = signal();
  const app = await startApp(readConfig(), {
    prepare: async (database, door) => {
      if (withDemo) made = await makeDemo(database, door);
    },
  });
  process.stdout.write(`Customary listens on ${app.address} (docs: ${app.address}/docs)\n`);
  if (made) process.stdout.write(welcome(app.address, made));
  const reason = await Promise.race([told, app.failed]);
  if (reason === undefined) return app.stop();
  await app.stop();
  throw new OperatorError(`The database ended: ${reason}`);
};

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
        process.stdout.write('Stopping …\n');
        resolve(undefined);
      });
    }
  });
