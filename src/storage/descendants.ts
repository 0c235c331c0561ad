import { uuids } from './binary-array.ts';
import type { Sql } from './sql.ts';

/** A customer and everything below it; `$1` is the tenant. */
export const descendants = (root: string): string => `
  WITH RECURSIVE down AS (
    SELECT d.customer_id FROM customer d WHERE d.tenant_id = $1 AND d.customer_id = ${root}
    UNION
    SELECT d.customer_id FROM customer d JOIN down ON d.parent_id = down.customer_id WHERE d.tenant_id = $1
  ) SELECT customer_id FROM down`;

/** The ids among `ids` that are `rootId` or below it. */
export const readWithin = async (
  sql: Sql,
  tenantId: string,
  rootId: string,
  ids: string[],
): Promise<Set<string>> => {
  const rows = await sql<{ asked: string }>(
    `WITH RECURSIVE up AS (
       SELECT c.customer_id AS asked, c.customer_id, c.parent_id FROM customer c
       WHERE c.tenant_id = $1 AND c.customer_id = ANY($2::uuid[])
       UNION
       SELECT up.asked, c.customer_id, c.parent_id FROM customer c JOIN up ON c.customer_id = up.parent_id
       WHERE c.tenant_id = $1
     ) SELECT DISTINCT asked FROM up WHERE customer_id = $3`,
    [tenantId, uuids(ids), rootId],
  );
  return new Set(rows.map((row) => row.asked));
};
