import type { Sql } from './sql.ts';

/**
 * Moves events from the outbox to the webhooks that want them, and tells whether there may be more; of an erasure each
 * is told (GDPR Art. 19). One process at a time does so for a tenant, since it holds the webhooks' rows, so an older event
 * of a customer is never overtaken. Ids are made by the clocks of several processes: where they alone would take a younger
 * event of a customer first, the older ones are taken along. What is in the outbox is committed, and nothing is remembered
 * of what was taken; so none can be passed over. Of each customer the oldest alone is due, and the others when it has ended.
 */
export const fanOut = async (sql: Sql, tenantId: string): Promise<boolean> => {
  const locked = await sql(
    'SELECT 1 FROM webhook WHERE tenant_id = $1 AND ended_at IS NULL ORDER BY webhook_id FOR UPDATE',
    [tenantId],
  );
  if (locked.length === 0) return false;
  const [row] = await sql<{ taken: number }>(
    `WITH first AS (
       SELECT f.customer_id, max(f.version) AS version FROM (
         SELECT customer_id, version FROM outbox WHERE tenant_id = $1 ORDER BY event_id LIMIT $2) AS f GROUP BY 1
     ), taken AS (
       DELETE FROM outbox o USING first f
       WHERE o.tenant_id = $1 AND o.customer_id = f.customer_id AND o.version <= f.version
       RETURNING o.event_id, o.customer_id, o.version, o.type, o.occurred_at
     ), made AS (
       INSERT INTO webhook_delivery
         (tenant_id, webhook_id, customer_id, version, event_id, type, occurred_at, attempts, due_at)
       SELECT $1::uuid, w.webhook_id, t.customer_id, t.version, t.event_id, t.type, t.occurred_at, 0,
         CASE WHEN row_number() OVER (PARTITION BY w.webhook_id, t.customer_id ORDER BY t.version) = 1
                AND NOT EXISTS (SELECT 1 FROM webhook_delivery e WHERE e.tenant_id = $1
                                AND e.webhook_id = w.webhook_id AND e.customer_id = t.customer_id)
              THEN now() ELSE 'infinity' END
       FROM taken t JOIN webhook w ON w.tenant_id = $1 AND w.ended_at IS NULL
         AND COALESCE(w.resumed_at, w.created_at) <= t.occurred_at
         AND (t.type = 'customer.erased' OR t.type = ANY(string_to_array(w.events, ' ')))
     ) SELECT count(*)::int AS taken FROM taken`,
    [tenantId, eventsAtOnce],
  );
  return (row?.taken ?? 0) >= eventsAtOnce;
};

const eventsAtOnce = 2000;
