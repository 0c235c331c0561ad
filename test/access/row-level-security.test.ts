import { afterAll, beforeAll, expect, test } from 'vitest';
import { applicationRole } from '../../src/storage/migrate.ts';
import type { Client } from '../support/client.ts';
import { startService, type TestService } from '../support/service.ts';
import type { Target } from './example-call.ts';
import { routeExamples } from './example-calls.ts';
import { holdingsOf, makeCall, makeTarget, unknownTarget, wholeAnswer, withOwnNumbers } from './targets.ts';

const guarded = [
  'tenant_state',
  'api_key',
  'customer',
  'customer_lookup',
  'customer_unique',
  'history',
  'outbox',
  'idempotency_reply',
  'request',
  'tenant_key',
  'customer_key',
  'tenant_secret',
];
/** Without a webhook `outbox` is only inserted into; see `test/webhooks/tenancy.test.ts` for the rest. */
const conditioned = guarded.filter((table) => table !== 'outbox');

const withoutCondition = new Set<string>();
const untouched = new Set<string>();
const rewriteSql = (text: string): string => {
  const rewritten = text.replace(/\b(?:\w+\.)?tenant_id = \$1/g, '$1::uuid IS NOT NULL');
  for (const table of guarded) {
    if (!new RegExp(`\\b(FROM|JOIN|UPDATE) ${table}\\b`).test(text)) continue;
    if (rewritten === text || /tenant_id\s*=\s*\$/.test(rewritten)) untouched.add(text);
    else withoutCondition.add(table);
  }
  return rewritten;
};

let service: TestService;
let stranger: Client & { tenantId: string };
let foreign: Target;
let before: Record<string, unknown[]>;
beforeAll(async () => {
  service = await startService({ rewriteSql });
  stranger = await service.otherTenant();
  await withOwnNumbers(service.database, service.tenantId);
  foreign = await makeTarget(service);
  await service.create({ kind: 'person', parentId: foreign.customerId });
  const own = await makeTarget(stranger);
  // History is asked for only of customers that were found, so it is the stranger's own that shows its statements.
  for (const path of ['/history', '?asOf=1', '?asOf=2100-01-01T00:00:00Z']) {
    expect((await stranger.get(`/v1/customers/${own.customerId}${path}`)).status).toBe(200);
  }
  before = await holdingsOf(service.database, service.tenantId);
});
afterAll(() => service.stop());

const examples = Object.entries(routeExamples);

test.each(examples)(
  'without the tenant condition, %s still shows and changes nothing',
  async (_name, example) => {
    const unknown = unknownTarget();
    const ofUnknown = example.naming(unknown);
    for (const [index, call] of example.naming(foreign).entries()) {
      const absent = await makeCall(stranger, ofUnknown[index]!);
      const answer = await makeCall(stranger, call);
      expect(wholeAnswer(answer, foreign), `${call.method} ${call.path}`).toBe(wholeAnswer(absent, unknown));
    }
    expect(await holdingsOf(service.database, service.tenantId)).toEqual(before);
  },
);

test('the condition was taken out of the statements of every table that has one', () => {
  expect([...untouched]).toEqual([]);
  expect([...withoutCondition].sort()).toEqual([...conditioned].sort());
});

test('a statement of another tenant reads, changes and deletes no row, whatever it names', async () => {
  const { database } = service.app;
  for (const table of guarded) {
    const rows = await database.inTenant(stranger.tenantId, (sql) =>
      sql(`SELECT 1 FROM ${table} WHERE tenant_id <> $1::uuid`, [stranger.tenantId]),
    );
    expect(rows, table).toEqual([]);
  }
  for (const table of conditioned.filter((one) => one !== 'history')) {
    const changed = await database.inTenant(stranger.tenantId, (sql) =>
      sql(`UPDATE ${table} SET tenant_id = tenant_id WHERE tenant_id = $2 RETURNING $1::text`, [
        table,
        service.tenantId,
      ]),
    );
    const deleted = await database.inTenant(stranger.tenantId, (sql) =>
      sql(`DELETE FROM ${table} WHERE tenant_id = $2 RETURNING $1::text`, [table, service.tenantId]),
    );
    expect([...changed, ...deleted], table).toEqual([]);
  }
  expect(await holdingsOf(service.database, service.tenantId)).toEqual(before);
});

test('no row can be written into another tenant, nor moved there', async () => {
  const { database } = service.app;
  for (const table of guarded) {
    const copy = database.inTenant(stranger.tenantId, async (sql) => {
      const columns = await sql<{ name: string }>(
        `SELECT attname::text AS name FROM pg_attribute
         WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped AND attname <> 'tenant_id'`,
        [table],
      );
      const names = columns.map(({ name }) => name).join(', ');
      return sql(
        `INSERT INTO ${table} (tenant_id, ${names}) SELECT $1::uuid, ${names} FROM ${table} LIMIT 1`,
        [service.tenantId],
      );
    });
    await expect(copy, table).rejects.toMatchObject({ code: '42501' });
  }
  const move = database.inTenant(stranger.tenantId, (sql) =>
    sql('UPDATE customer SET (tenant_id) = ROW ($1::uuid)', [service.tenantId]),
  );
  await expect(move).rejects.toMatchObject({ code: '42501' });
});

test('without a tenant no guarded table shows a row', async () => {
  for (const table of guarded) {
    expect(await service.app.database.inNone((sql) => sql(`SELECT 1 FROM ${table}`)), table).toEqual([]);
  }
});

test.each([
  'ALTER TABLE customer DISABLE ROW LEVEL SECURITY',
  'ALTER TABLE customer NO FORCE ROW LEVEL SECURITY',
  'DROP POLICY customer_tenant ON customer',
  'CREATE POLICY open ON customer USING (true)',
  `UPDATE history SET principal = 'nobody'`,
  'DELETE FROM history',
  'TRUNCATE history',
  `UPDATE outbox SET type = 'nothing'`,
  'TRUNCATE outbox',
  `UPDATE tenant SET name = 'mine'`,
  'DELETE FROM tenant',
  'DELETE FROM schema_migration',
  'DROP TABLE history',
  `ALTER ROLE ${applicationRole} BYPASSRLS`,
])('the application role may not: %s', async (text) => {
  const attempt = service.app.database.inTenant(service.tenantId, (sql) => sql(text));
  await expect(attempt).rejects.toMatchObject({ code: '42501' });
});

test('the application role owns nothing and is bound by row-level security', async () => {
  const [role] = await service.database.query(
    `SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb,
       EXISTS (SELECT 1 FROM pg_class WHERE relowner = r.oid) AS owner
     FROM pg_roles r WHERE rolname = $1`,
    [applicationRole],
  );
  expect(Object.values(role as object)).toEqual([false, false, false, false, false]);
  const [running] = await service.app.database.inTenant(service.tenantId, (sql) =>
    sql('SELECT current_user::text AS name'),
  );
  expect(running).toEqual({ name: applicationRole });
});

test('with row-level security taken away as well, the same calls do reach the row, which its seal alone keeps closed', async () => {
  for (const table of guarded)
    await service.database.query(`ALTER TABLE ${table} DISABLE ROW LEVEL SECURITY`);
  const read = await makeCall(stranger, { method: 'GET', path: `/v1/customers/${foreign.customerId}` });
  expect(read.status).toBe(500);
  expect((await stranger.patch(foreign.customerId, { source: 'intruder' })).status).toBe(500);
  const [seen] = await service.app.database.inTenant(stranger.tenantId, (sql) =>
    sql('SELECT count(DISTINCT tenant_id)::int AS tenants FROM customer'),
  );
  expect(seen).toEqual({ tenants: 2 });
});
