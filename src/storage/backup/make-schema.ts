import pg from 'pg';
import { OperatorError } from '../../errors.ts';
import { migrateIn } from '../migrate.ts';
import { readApplied, readTables } from './catalog.ts';
import type { Manifest } from './form.ts';
import { asUnboundOwner } from './row-security.ts';

/**
 * Makes the tables as they were when the backup was made, in a transaction of the caller's that nobody passes until it
 * ends. The tables of a newer schema are made anew, since they are empty. Throws OperatorError when a row of anybody is
 * there, or when the database is newer than the program.
 */
export const makeSchema = async (client: pg.Client, { migrations }: Manifest): Promise<void> => {
  // Services and commands that start look here first.
  await client.query('LOCK TABLE schema_migration IN ACCESS EXCLUSIVE MODE');
  await migrateIn(client, () => false);
  const tables = (await readTables(client)).map(({ name }) => name);
  await asUnboundOwner(client, tables, async () => {
    for (const name of tables) await refuseRows(client, name);
  });
  const wanted = new Set(migrations.map(({ version }) => version));
  const isNewer = (await readApplied(client)).some(({ version }) => !wanted.has(version));
  if (isNewer) {
    for (const name of tables) await client.query(`DROP TABLE ${pg.escapeIdentifier(name)}`);
    await client.query('DELETE FROM schema_migration');
  }
  await migrateIn(client, (version) => wanted.has(version));
};

const refuseRows = async (client: pg.Client, name: string): Promise<void> => {
  const { rowCount } = await client.query(`SELECT 1 FROM ${pg.escapeIdentifier(name)} LIMIT 1`);
  if (rowCount === 0) return;
  throw new OperatorError(
    'The database is not empty: a backup is restored into one without tenants. Make another database (or take ' +
      'another DATA_DIR), and do not start the service on it before the restore.',
  );
};
