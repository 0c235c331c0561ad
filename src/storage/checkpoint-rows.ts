import type { CheckpointRow } from '../customer/checkpoint.ts';
import { newestColumn } from './newest-checkpoint.ts';
import type { Sql } from './sql.ts';

/** The newest checkpoint of a tenant; undefined where there is none. */
export const readNewest = async (sql: Sql, tenantId: string): Promise<NotedRow | undefined> => {
  const [row] = await sql<NotedRow>(
    `SELECT sequence, recorded_at AS "recordedAt", heads, jws, ${newestColumn} AS noted FROM checkpoint WHERE tenant_id = $1
     ORDER BY sequence DESC LIMIT 1`,
    [tenantId],
  );
  return row;
};

/** A checkpoint with what is noted of the newest one, read at the same moment. */
export type NotedRow = CheckpointRow & { noted: Buffer | null };

/** Whether a tenant's history is chained from its first entry on, as its first checkpoint says. */
export const hasCheckpoint = async (sql: Sql, tenantId: string): Promise<boolean> =>
  (await sql('SELECT 1 AS there FROM checkpoint WHERE tenant_id = $1 LIMIT 1', [tenantId])).length === 1;

/** Keeps a checkpoint; false when another process kept one of this sequence. */
export const insertCheckpoint = async (sql: Sql, tenantId: string, row: CheckpointRow): Promise<boolean> => {
  const rows = await sql(
    `INSERT INTO checkpoint (tenant_id, sequence, recorded_at, heads, jws) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT DO NOTHING RETURNING 1 AS made`,
    [tenantId, row.sequence, row.recordedAt.toISOString(), row.heads, row.jws],
  );
  return rows.length === 1;
};
