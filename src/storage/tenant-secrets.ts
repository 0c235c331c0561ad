import type { Sql } from './sql.ts';

/** A secret of a tenant as it lies in storage. */
export interface TenantSecretRow {
  purpose: string;
  generation: number;
  wrapped: Buffer;
}

/** The wrapped secrets of a tenant. */
export const readTenantSecrets = (sql: Sql, tenantId: string): Promise<TenantSecretRow[]> =>
  sql('SELECT purpose, generation, wrapped FROM tenant_secret WHERE tenant_id = $1', [tenantId]);

/** Keeps a secret; false when there is one of this purpose already, or the generation that wrapped it is retired. */
export const insertTenantSecret = (sql: Sql, tenantId: string, row: TenantSecretRow): Promise<boolean> =>
  keep(sql, tenantId, row, 'DO NOTHING');

/** Keeps a secret in the place of the one of this purpose; false when the generation that wrapped it is retired. */
export const upsertTenantSecret = (sql: Sql, tenantId: string, row: TenantSecretRow): Promise<boolean> =>
  keep(sql, tenantId, row, 'DO UPDATE SET generation = excluded.generation, wrapped = excluded.wrapped');

const keep = async (
  sql: Sql,
  tenantId: string,
  { purpose, generation, wrapped }: TenantSecretRow,
  onConflict: string,
): Promise<boolean> => {
  const rows = await sql(
    `INSERT INTO tenant_secret (tenant_id, purpose, generation, wrapped)
     SELECT $1::uuid, $2::text, $3::int4, $4::bytea FROM (SELECT 1 FROM tenant_key
       WHERE tenant_id = $1 AND generation = $3 AND retired_at IS NULL FOR SHARE) AS current
     ON CONFLICT (tenant_id, purpose) ${onConflict} RETURNING 1 AS kept`,
    [tenantId, purpose, generation, wrapped],
  );
  return rows.length === 1;
};

/** Puts another wrapping in the place of this one; none when it is no longer there. */
export const rewrapTenantSecret = (
  sql: Sql,
  tenantId: string,
  before: TenantSecretRow,
  after: { generation: number; wrapped: Buffer },
): Promise<unknown[]> =>
  sql(
    `UPDATE tenant_secret SET generation = $4, wrapped = $5 WHERE tenant_id = $1 AND purpose = $2 AND wrapped = $3
     RETURNING 1 AS rewrapped`,
    [tenantId, before.purpose, before.wrapped, after.generation, after.wrapped],
  );
