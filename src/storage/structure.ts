import { uuids } from './binary-array.ts';
import type { Sql } from './sql.ts';

/** Reads the tenant's structure row and makes other creations, deletions and moves wait for this transaction. */
export const lockStructure = async (
  sql: Sql,
  tenantId: string,
): Promise<{ lastNumber: number; version: number }> => {
  const [row] = await sql<{ lastNumber: number; version: string }>(
    `SELECT last_number AS "lastNumber", structure_version::int8 AS version FROM tenant_state
     WHERE tenant_id = $1 FOR UPDATE`,
    [tenantId],
  );
  if (!row) throw new Error('The tenant has no state row');
  return { lastNumber: row.lastNumber, version: Number(row.version) };
};

/** Moves the structure on, if nobody else did. */
export const updateStructure = (
  sql: Sql,
  tenantId: string,
  structure: { lastNumber: number; expectedVersion: number },
): Promise<unknown[]> =>
  sql(
    `UPDATE tenant_state SET last_number = $2, structure_version = structure_version + 1
     WHERE tenant_id = $1 AND structure_version = $3 RETURNING 1 AS moved`,
    [tenantId, structure.lastNumber, structure.expectedVersion],
  );

/** Parent links from the asked customers up to their roots. */
export const readLinks = (
  sql: Sql,
  tenantId: string,
  ids: string[],
): Promise<{ customerId: string; parentId: string | null }[]> =>
  sql(
    `WITH RECURSIVE up AS (
       SELECT c.customer_id, c.parent_id FROM customer c WHERE c.tenant_id = $1 AND c.customer_id = ANY($2::uuid[])
       UNION
       SELECT c.customer_id, c.parent_id FROM customer c JOIN up ON c.customer_id = up.parent_id
       WHERE c.tenant_id = $1
     ) SELECT customer_id AS "customerId", parent_id AS "parentId" FROM up`,
    [tenantId, uuids(ids)],
  );

/** Direct sub-customers that are not deleted, enough of each parent to tell whether any will stay. */
export const readChildren = (
  sql: Sql,
  tenantId: string,
  ids: string[],
): Promise<{ customerId: string; parentId: string }[]> =>
  sql(
    `SELECT c.customer_id AS "customerId", c.parent_id AS "parentId" FROM unnest($2::uuid[]) AS p (id)
     CROSS JOIN LATERAL (SELECT d.customer_id, d.parent_id FROM customer d
       WHERE d.tenant_id = $1 AND d.parent_id = p.id AND d.deleted_at IS NULL LIMIT 1001) AS c`,
    [tenantId, uuids(ids)],
  );
