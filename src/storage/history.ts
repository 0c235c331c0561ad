import type { HistoryRange } from '../customer/store.ts';
import type { HistoryRow } from '../customer/stored-rows.ts';
import { byteas, int8s, texts, timestamps, uuids } from './binary-array.ts';
import type { Sql } from './sql.ts';

const columns = `h.customer_id AS "customerId", h.version::float8 AS version, h.recorded_at AS "recordedAt", h.principal,
  h.contract, h.operation, h.open, h.sealed, h.snapshot, h.hash`;

/** Appends entries, and gives a row for each; one whose version is there already is left out. */
export const insertHistory = (sql: Sql, tenantId: string, rows: HistoryRow[]): Promise<unknown[]> =>
  sql(
    `INSERT INTO history (tenant_id, customer_id, version, recorded_at, principal, contract, operation, open, sealed,
       snapshot, hash)
     SELECT $1::uuid, r.* FROM unnest($2::uuid[], $3::int8[], $4::timestamptz[], $5::text[], $6::text[], $7::text[],
       $8::text[], $9::bytea[], $10::bytea[], $11::bytea[]) AS r
     ON CONFLICT DO NOTHING RETURNING 1 AS inserted`,
    [
      tenantId,
      uuids(rows.map((row) => row.customerId)),
      int8s(rows.map((row) => row.version)),
      timestamps(rows.map((row) => row.recordedAt)),
      texts(rows.map((row) => row.principal)),
      texts(rows.map((row) => row.contract)),
      texts(rows.map((row) => row.operation)),
      texts(rows.map((row) => row.open)),
      byteas(rows.map((row) => row.sealed)),
      byteas(rows.map((row) => row.snapshot)),
      byteas(rows.map((row) => row.hash)),
    ],
  );

/** The entries of the customers in the ranges, the oldest first. */
export const readHistoryRanges = async (
  sql: Sql,
  tenantId: string,
  ranges: HistoryRange[],
): Promise<HistoryRow[]> =>
  sql(
    `SELECT ${columns} FROM history h JOIN unnest($2::uuid[], $3::int8[], $4::int8[]) AS r (customer_id, first, last)
         ON h.customer_id = r.customer_id AND h.version BETWEEN r.first AND r.last
       WHERE h.tenant_id = $1 ORDER BY h.customer_id, h.version`,
    [
      tenantId,
      uuids(ranges.map((one) => one.customerId)),
      int8s(ranges.map((one) => one.from)),
      int8s(ranges.map((one) => one.to)),
    ],
  );

/** Entries with versions below `before`, the newest first. */
export const readHistory = async (
  sql: Sql,
  tenantId: string,
  customerId: string,
  before: number,
  limit: number,
): Promise<HistoryRow[]> =>
  sql(
    `SELECT ${columns} FROM history h WHERE h.tenant_id = $1 AND h.customer_id = $2 AND h.version < $3
       ORDER BY h.version DESC LIMIT $4`,
    [tenantId, customerId, before, limit],
  );

/** The newest snapshot at or before a place, and the entries after it up to there, the oldest first. */
export const readHistoryUpTo = async (
  sql: Sql,
  tenantId: string,
  customerId: string,
  at: { version: number } | { instant: Date },
): Promise<HistoryRow[]> => {
  const [condition, value] =
    'version' in at
      ? ['h.version <= $3::int8', at.version]
      : ['h.recorded_at <= $3::timestamptz', at.instant.toISOString()];
  return sql(
    `WITH start AS (
         SELECT max(h.version) AS version FROM history h
         WHERE h.tenant_id = $1 AND h.customer_id = $2 AND ${condition} AND h.snapshot IS NOT NULL
       )
       SELECT ${columns} FROM history h, start WHERE h.tenant_id = $1 AND h.customer_id = $2 AND ${condition}
         AND h.version >= start.version ORDER BY h.version`,
    [tenantId, customerId, value],
  );
};
