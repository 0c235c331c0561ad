import { randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrateIn, prepareMigrations } from '../../src/storage/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const owner = `customary_test_owner_${randomBytes(6).toString('hex')}`;
let database: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase({ empty: true });
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(`CREATE ROLE ${owner}`);
  await client.query(`ALTER SCHEMA public OWNER TO ${owner}`);
  await client.query(`SET ROLE ${owner}`);
});
afterAll(async () => {
  await client.query(`RESET ROLE; DROP OWNED BY ${owner}; DROP ROLE ${owner}`);
  await client.end();
  await database.drop();
});

const inTransaction = async (work: () => Promise<unknown>) => {
  await client.query('BEGIN');
  await work();
  await client.query('COMMIT');
};

test('tokens of before are moved to the numbers of their customers, by an owner who is no superuser', async () => {
  await prepareMigrations(client);
  await inTransaction(() => migrateIn(client, (version) => version < 10));
  const tenants = [randomUUID(), randomUUID()];
  for (const tenantId of tenants) {
    await inTransaction(async () => {
      await client.query(`SET LOCAL app.tenant = '${tenantId}'`);
      for (const number of [1, 2]) {
        const customerId = randomUUID();
        await client.query(
          `INSERT INTO customer (tenant_id, customer_id, number, version, created_at, updated_at, open, sealed)
           VALUES ($1, $2, $3, 1, now(), now(), '{}', '')`,
          [tenantId, customerId, number],
        );
        await client.query(
          `INSERT INTO customer_lookup (tenant_id, field, token, customer_id) VALUES ($1, 'name', $2, $4), ($1, 'email', $3, $4)`,
          [tenantId, Buffer.from('shared'), Buffer.from(`own ${number}`), customerId],
        );
      }
    });
  }
  await inTransaction(() => migrateIn(client));
  const rows = await database.query(
    `SELECT tenant_id AS tenant, field, convert_from(token, 'UTF8') AS token, number FROM customer_lookup
     ORDER BY tenant_id, field, token, number`,
  );
  const of = (tenant: string) => [
    { tenant, field: 'email', token: 'own 1', number: 1 },
    { tenant, field: 'email', token: 'own 2', number: 2 },
    { tenant, field: 'name', token: 'shared', number: 1 },
    { tenant, field: 'name', token: 'shared', number: 2 },
  ];
  expect(rows).toEqual(tenants.toSorted().flatMap(of));
  const [forced] = await database.query(
    `SELECT bool_and(relrowsecurity AND relforcerowsecurity) AS forced FROM pg_class
     WHERE relname IN ('customer', 'customer_lookup')`,
  );
  expect(forced).toEqual({ forced: true });
});
