import type { Tenant } from '../access/principal.ts';
import { storedTerm } from '../customer/lookup-tokens.ts';
import type { DueCustomers, DueQuery } from '../customer/rights-store.ts';
import { nilUuid } from '../uuid.ts';
import type { Sql } from './sql.ts';

/**
 * Looks at some customers whose last change is older than a rule allows, and gives those that it is about. That one is
 * closed is known by the token of its status, which a deleted one has not.
 */
export const readDueCustomers = async (
  sql: Sql,
  tenant: Tenant,
  { kind, days, after, limit }: DueQuery,
): Promise<DueCustomers> => {
  const closed = storedTerm(tenant, { field: 'status', term: 'closed' });
  const { customerId, at } = after ?? { customerId: nilUuid, at: '-infinity' };
  const rows = await sql<{ customerId: string; at: string; deleted: boolean; closed: boolean }>(
    `SELECT c.customer_id AS "customerId", c.updated_at::text AS at, c.deleted_at IS NOT NULL AS deleted,
       EXISTS (SELECT 1 FROM customer_lookup l WHERE l.tenant_id = $1 AND l.field = $2 AND l.token = $3
               AND l.number = c.number) AS closed
     FROM customer c WHERE c.tenant_id = $1 AND c.updated_at <= now() - make_interval(days => $4)
       AND (c.updated_at, c.customer_id) > ($5::timestamptz, $6::uuid) AND c.erased_at IS NULL
     ORDER BY c.updated_at, c.customer_id LIMIT $7`,
    [tenant.id, closed.field, closed.token, days, at, customerId, limit],
  );
  const last = rows.at(-1);
  return {
    due: rows
      .filter((row) => (kind === 'deletedCustomers' ? row.deleted : row.closed))
      .map((row) => row.customerId),
    last: last ? { at: last.at, customerId: last.customerId } : null,
    more: rows.length === limit,
  };
};
