import type { Command } from 'commander';
import { type OutputOptions, print, withJson } from './output.ts';
import { withSession } from './session.ts';

/** `customary migrate`: brings the database to the program's version. */
export const addMigrate = (program: Command): void => {
  withJson(program.command('migrate'))
    .description('bring the database to the version of this program; every start does it too')
    .action(async (options: OutputOptions) => {
      const applied = await withSession(async ({ migrations }) => migrations, { first: true });
      print(options, { applied }, () =>
        applied.length === 0 ? 'The database is up to date.' : `Applied: ${applied.join(', ')}`,
      );
    });
};
