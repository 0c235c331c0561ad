import type { OutboxRow } from '../customer/store.ts';
import { int8s, texts, uuids } from './binary-array.ts';
import type { Sql } from './database.ts';

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
