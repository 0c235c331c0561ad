import type { OutboxRow } from '../customer/stored-rows.ts';
import { int8s, texts, uuids } from './binary-array.ts';
import type { Sql } from './sql.ts';

/** Notes the events of a group. */
export const insertEvents = (sql: Sql, tenantId: string, rows: OutboxRow[], now: Date): Promise<unknown[]> =>
  sql(
    `INSERT INTO outbox (tenant_id, event_id, customer_id, version, type, paths, occurred_at)
     SELECT $1::uuid, r.*, $7::timestamptz
     FROM unnest($2::uuid[], $3::uuid[], $4::int8[], $5::text[], $6::text[]) AS r`,
    [
      tenantId,
      uuids(rows.map((row) => row.eventId)),
      uuids(rows.map((row) => row.customerId)),
      int8s(rows.map((row) => row.version)),
      texts(rows.map((row) => row.type)),
      texts(rows.map((row) => row.paths)),
      now.toISOString(),
    ],
  );

/**
 * Removes events of a tenant that has no webhook. The youngest stay for an hour, so that a webhook which is being made
 * in this moment misses none; of those that are looked at most are older.
 */
export const deleteUntoldEvents = async (sql: Sql, tenantId: string, most: number): Promise<number> => {
  const rows = await sql(
    `DELETE FROM outbox WHERE tenant_id = $1 AND occurred_at <= now() - interval '1 hour'
       AND NOT EXISTS (SELECT 1 FROM webhook w WHERE w.tenant_id = $1 AND w.ended_at IS NULL)
       AND event_id IN (SELECT event_id FROM outbox WHERE tenant_id = $1 ORDER BY event_id LIMIT $2)
     RETURNING 1 AS deleted`,
    [tenantId, most],
  );
  return rows.length;
};
