import type { AccessQuery, AccessRow, AccessStore, StoredAccess } from '../customer/access-store.ts';
import { byteas, int8s, texts, uuids } from './binary-array.ts';
import { dataKeyColumn, type Wrapped, withHeldKeys } from './data-keys.ts';
import type { Database } from './database.ts';
import { descendants } from './descendants.ts';
import { isHeld } from './legal-holds.ts';
import type { Sql } from './sql.ts';

/** Adds entries, at the time of the transaction, to the millisecond. */
export const insertAccesses = (sql: Sql, tenantId: string, rows: AccessRow[]): Promise<unknown[]> =>
  sql(
    `INSERT INTO access_log (tenant_id, access_id, occurred_at, customer_id, version, kind, principal, contract, operation,
       request_id, fields, reason)
     SELECT $1::uuid, r.access_id, date_trunc('milliseconds', transaction_timestamp()), r.customer_id, r.version, r.kind,
       r.principal, r.contract, r.operation, r.request_id, r.fields, r.reason
     FROM unnest($2::uuid[], $3::uuid[], $4::int8[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
       $10::text[], $11::bytea[]) AS r (access_id, customer_id, version, kind, principal, contract, operation,
       request_id, fields, reason) RETURNING 1 AS added`,
    [
      tenantId,
      uuids(rows.map((row) => row.accessId)),
      uuids(rows.map((row) => row.customerId)),
      int8s(rows.map((row) => row.version)),
      texts(rows.map((row) => row.kind)),
      texts(rows.map((row) => row.principal)),
      texts(rows.map((row) => row.contract)),
      texts(rows.map((row) => row.operation)),
      texts(rows.map((row) => row.requestId)),
      texts(rows.map((row) => row.fields)),
      byteas(rows.map((row) => row.reason)),
    ],
  );

/** A page of entries, the newest first. */
const listAccesses = (sql: Sql, tenantId: string, query: AccessQuery): Promise<Wrapped<StoredAccess>[]> => {
  const values: unknown[] = [tenantId];
  const value = (one: unknown): string => `$${values.push(one)}`;
  const conditions = ['a.tenant_id = $1'];
  if (query.within !== null) conditions.push(`a.customer_id IN (${descendants(value(query.within))})`);
  if (query.customerId !== undefined) conditions.push(`a.customer_id = ${value(query.customerId)}::uuid`);
  if (query.principal !== undefined) conditions.push(`a.principal = ${value(query.principal)}`);
  if (query.since) conditions.push(`a.occurred_at >= ${value(query.since.toISOString())}::timestamptz`);
  if (query.until) conditions.push(`a.occurred_at < ${value(query.until.toISOString())}::timestamptz`);
  if (query.before) {
    const { occurredAt, accessId } = query.before;
    conditions.push(
      `(a.occurred_at, a.access_id) < (${value(occurredAt.toISOString())}::timestamptz, ${value(accessId)}::uuid)`,
    );
  }
  return sql(
    `SELECT a.access_id AS "accessId", a.occurred_at AS "occurredAt", a.customer_id AS "customerId",
       a.version::float8 AS version, a.kind, a.principal, a.contract, a.operation, a.request_id AS "requestId", a.fields,
       a.reason, ${dataKeyColumn('a')}
     FROM access_log a WHERE ${conditions.join(' AND ')}
     ORDER BY a.occurred_at DESC, a.access_id DESC LIMIT ${value(query.limit)}`,
    values,
  );
};

/** Removes entries that are older than they are kept, but for those of customers with a legal hold. */
export const deleteOldAccesses = async (
  sql: Sql,
  tenantId: string,
  seconds: number,
  most: number,
): Promise<number> => {
  const rows = await sql(
    `DELETE FROM access_log WHERE tenant_id = $1 AND (occurred_at, access_id) IN (
       SELECT a.occurred_at, a.access_id FROM access_log a WHERE a.tenant_id = $1
         AND a.occurred_at <= now() - make_interval(secs => $2) AND NOT ${isHeld('a')}
       ORDER BY a.occurred_at, a.access_id LIMIT $3) RETURNING 1 AS deleted`,
    [tenantId, seconds, most],
  );
  return rows.length;
};

/** The access log on PostgreSQL. */
export const createAccessStore = (database: Database): AccessStore => ({
  insertAccesses: (tenant, rows) =>
    database.inTenant(tenant.id, async (sql, commit) => {
      const added = insertAccesses(sql, tenant.id, rows);
      await Promise.all([added, commit()]);
    }),
  listAccesses: (tenant, query) =>
    database.keyring.with(tenant.id, async (keys) =>
      withHeldKeys<StoredAccess>(
        keys,
        await database.readInTenant(tenant.id, (sql) => listAccesses(sql, tenant.id, query)),
      ),
    ),
});
