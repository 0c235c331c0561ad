import type { TestDatabase } from './database.ts';

/** How many rows of a kind a tenant has. */
interface RowCounts {
  customers: number;
  history: number;
  outbox: number;
  replies: number;
  requests: number;
}

/** Counts a tenant's rows, or those of one customer. */
export const countRows = async (
  database: TestDatabase,
  tenantId: string,
  customerId: string | null = null,
): Promise<RowCounts> => {
  const count = (table: string) =>
    `(SELECT count(*)::int FROM ${table} WHERE tenant_id = $1 AND ($2::uuid IS NULL OR customer_id = $2))`;
  const [row] = await database.query<RowCounts & Record<string, unknown>>(
    `SELECT ${count('customer')} AS customers, ${count('history')} AS history, ${count('outbox')} AS outbox,
       ${count('idempotency_reply')} AS replies, ${count('request')} AS requests`,
    [tenantId, customerId],
  );
  return row as RowCounts;
};

/**
 * Changes of a tenant that break the rule "one history row and one outbox row a change, one change a version", as
 * `customer version`; none when all is well.
 */
export const unpairedChanges = async (database: TestDatabase, tenantId: string): Promise<string[]> => {
  const rows = await database.query<{ place: string }>(
    `WITH h AS (SELECT customer_id, version FROM history WHERE tenant_id = $1),
       o AS (SELECT customer_id, version, count(*) AS events FROM outbox WHERE tenant_id = $1 GROUP BY 1, 2),
       v AS (SELECT c.customer_id, g.version FROM customer c, generate_series(1, c.version) AS g (version)
         WHERE c.tenant_id = $1)
     SELECT customer_id || ' ' || version AS place FROM h FULL JOIN o USING (customer_id, version)
       FULL JOIN v USING (customer_id, version)
     WHERE h IS NULL OR o IS NULL OR v IS NULL OR o.events <> 1`,
    [tenantId],
  );
  return rows.map((row) => row.place);
};
