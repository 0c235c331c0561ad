import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OperatorError } from '../../src/errors.ts';
import { migrate } from '../../src/storage/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase({ empty: true });
});
afterAll(() => database.drop());

const run = () => migrate({ connectionString: database.url });

describe('migrations', () => {
  test('that start at once on an empty database apply each step exactly once', async () => {
    const applied = await Promise.all([run(), run(), run(), run()]);
    const rows = await database.query<{ name: string }>('SELECT name FROM schema_migration ORDER BY version');
    expect(applied.flat()).toEqual(rows.map((row) => row.name));
    expect(applied.filter((names) => names.length > 0)).toHaveLength(1);
    expect(await run()).toEqual([]);
  });

  test('put every table of a tenant behind forced row-level security', async () => {
    const open = await database.query(
      `SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
       WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
         AND NOT (c.relrowsecurity AND c.relforcerowsecurity)`,
    );
    // The names of tenants are known to the service before it knows whose request it serves.
    expect(open).toEqual([{ relname: 'tenant' }]);
  });

  test('are refused on a database that is newer than the program', async () => {
    await database.query(`INSERT INTO schema_migration VALUES (9000, '9000-from-the-future.sql', '', now())`);
    const refused = run();
    await expect(refused).rejects.toThrow(OperatorError);
    await expect(refused).rejects.toThrow(
      'newer than this program: it has migration 9000-from-the-future.sql',
    );
    await database.query('DELETE FROM schema_migration WHERE version = 9000');
  });

  test('are refused when one was applied with another text', async () => {
    await database.query(`UPDATE schema_migration SET checksum = 'another' WHERE version = 1`);
    const refused = run();
    await expect(refused).rejects.toThrow(OperatorError);
    await expect(refused).rejects.toThrow(/0001-\S+ was applied with another text/);
  });
});
