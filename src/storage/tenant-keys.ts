import type { Sql } from './sql.ts';

/** A generation of a tenant's key as it lies in storage. */
export interface TenantKeyRow {
  generation: number;
  source: string;
  wrapped: Buffer;
  createdAt: Date;
  retiredAt: Date | null;
}

/** All generations of a tenant's key, the oldest first. */
export const readTenantKeys = (sql: Sql, tenantId: string): Promise<TenantKeyRow[]> =>
  sql(
    `SELECT generation, source, wrapped, created_at AS "createdAt", retired_at AS "retiredAt"
     FROM tenant_key WHERE tenant_id = $1 ORDER BY generation`,
    [tenantId],
  );

/** Adds a generation; false when another process added it. */
export const insertTenantKey = async (
  sql: Sql,
  tenantId: string,
  { generation, source, wrapped }: Pick<TenantKeyRow, 'generation' | 'source' | 'wrapped'>,
): Promise<boolean> => {
  const rows = await sql(
    `INSERT INTO tenant_key (tenant_id, generation, source, wrapped, created_at) VALUES ($1, $2, $3, $4, now())
     ON CONFLICT DO NOTHING RETURNING 1 AS added`,
    [tenantId, generation, source, wrapped],
  );
  return rows.length === 1;
};

/** Retires a generation: it wraps nothing from the end of this transaction on. Whoever wraps with it now is waited for. */
export const retireTenantKey = (sql: Sql, tenantId: string, generation: number): Promise<unknown[]> =>
  sql(
    `UPDATE tenant_key SET retired_at = now() WHERE tenant_id = $1 AND generation = $2 AND retired_at IS NULL
     RETURNING 1 AS retired`,
    [tenantId, generation],
  );

/** Puts another wrapping in the place of this one; none when it is no longer there. */
export const rewrapTenantKey = (
  sql: Sql,
  tenantId: string,
  before: TenantKeyRow,
  after: { source: string; wrapped: Buffer },
): Promise<unknown[]> =>
  sql(
    `UPDATE tenant_key SET source = $4, wrapped = $5 WHERE tenant_id = $1 AND generation = $2 AND wrapped = $3
     RETURNING 1 AS rewrapped`,
    [tenantId, before.generation, before.wrapped, after.source, after.wrapped],
  );

/** Deletes retired generations that nothing is wrapped by any more, and gives their numbers. */
export const deleteUnusedTenantKeys = async (sql: Sql, tenantId: string): Promise<number[]> => {
  const rows = await sql<{ generation: number }>(
    `DELETE FROM tenant_key t WHERE t.tenant_id = $1 AND t.retired_at IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM customer_key k WHERE k.tenant_id = $1 AND k.generation = t.generation
         AND k.wrapped IS NOT NULL)
       AND NOT EXISTS (SELECT 1 FROM tenant_secret s WHERE s.tenant_id = $1 AND s.generation = t.generation)
     RETURNING t.generation`,
    [tenantId],
  );
  return rows.map((row) => row.generation);
};
