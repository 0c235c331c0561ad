import type { DueCustomers, DueQuery } from '../customer/rights-store.ts';
import type { Sql } from './database.ts';

/**
 * Looks at some customers whose last change is older than a rule allows, and gives those that it is about. Whether one
 * is closed stands in the open part of its record.
 */
export const readDueCustomers = async (
  sql: Sql,
  tenantId: string,
  { kind, days, after, limit }: DueQuery,
): Promise<DueCustomers> => {
  const rows = await sql<{ customerId: string; at: string; deleted: boolean; open: string | null }>(
    `SELECT c.customer_id AS "customerId", c.updated_at::text AS at, c.deleted_at IS NOT NULL AS deleted,
       CASE WHEN $3 THEN c.open END AS open
     FROM customer c WHERE c.tenant_id = $1 AND c.updated_at <= now() - make_interval(days => $2)
       AND (c.updated_at, c.customer_id) > ($4::timestamptz, $5::uuid) AND c.erased_at IS NULL
     ORDER BY c.updated_at, c.customer_id LIMIT $6`,
    [
      tenantId,
      days,
      kind === 'closedCustomers',
      after?.at ?? '-infinity',
      after?.customerId ?? lowestId,
      limit,
    ],
  );
  const isDue = { deletedCustomers: isDeleted, closedCustomers: isClosed }[kind];
  const last = rows.at(-1);
  return {
    due: rows.filter(isDue).map(({ customerId }) => customerId),
    last: last ? { at: last.at, customerId: last.customerId } : null,
    more: rows.length === limit,
  };
};

const lowestId = '00000000-0000-0000-0000-000000000000';

const isDeleted = ({ deleted }: { deleted: boolean }): boolean => deleted;

const isClosed = ({ deleted, open }: { deleted: boolean; open: string | null }): boolean =>
  !deleted && open !== null && (JSON.parse(open) as { status?: string }).status === 'closed';
