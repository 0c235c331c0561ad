import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('every table of tenants forces row-level security, by one policy on reads and writes that no other widens', async () => {
  const tables = await database.query(
    `SELECT c.relname::text AS name, c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced,
       (SELECT count(*)::int FROM pg_policy p WHERE p.polrelid = c.oid AND p.polpermissive) AS policies,
       (SELECT bool_and(p.polcmd = '*' AND p.polroles = '{0}'
                AND pg_get_expr(p.polqual, c.oid) LIKE '(tenant_id = %app.tenant%'
                AND (p.polwithcheck IS NULL
                     OR pg_get_expr(p.polwithcheck, c.oid) = pg_get_expr(p.polqual, c.oid)))
        FROM pg_policy p WHERE p.polrelid = c.oid AND p.polpermissive) AS sound
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
     WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace ORDER BY 1`,
  );
  // The list of the tenants themselves: every process has to know for whom there is work.
  const unguarded = tables.filter((table) => !table['forced']).map((table) => table['name']);
  expect(unguarded).toEqual(['tenant']);
  for (const table of tables.filter((one) => one['name'] !== 'tenant')) {
    expect(table).toMatchObject({ enabled: true, forced: true, policies: 1, sound: true });
  }
  expect(tables.length).toBeGreaterThan(9);
});

test('a table without a tenant is the list of migrations alone', async () => {
  const tables = await database.query(
    `SELECT c.relname::text AS name FROM pg_class c
     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relnamespace = 'public'::regnamespace
       AND NOT EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id')`,
  );
  expect(tables).toEqual([{ name: 'schema_migration' }]);
});

test('every unique index begins with the tenant', async () => {
  const others = await database.query(
    `SELECT c.relname::text AS table, string_agg(a.attname::text, ', ') AS columns
     FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
     LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
     WHERE i.indisunique AND c.relnamespace = 'public'::regnamespace AND a.attname IS DISTINCT FROM 'tenant_id'
     GROUP BY 1 ORDER BY 1`,
  );
  expect(others).toEqual([
    { table: 'schema_migration', columns: 'version' },
    { table: 'tenant', columns: 'name' },
  ]);
});
