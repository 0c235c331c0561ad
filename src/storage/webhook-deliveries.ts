import type { Delivery, WebhookStore } from '../webhooks/webhook.ts';
import type { Database } from './database.ts';
import { endDelivery } from './end-delivery.ts';
import { failDelivery } from './fail-delivery.ts';
import { fanOut } from './fan-out.ts';
import type { Sql } from './sql.ts';
import { readLiveWebhooks } from './webhooks.ts';

/** Deliveries on PostgreSQL. An event that was not taken for `giveUpHours` is given up. */
export const createWebhookStore = (database: Database, giveUpHours: number): WebhookStore => ({
  live: (tenantId) => database.readInTenant(tenantId, (sql) => readLiveWebhooks(sql, tenantId)),
  fanOut: (tenantId) => database.inTenant(tenantId, (sql) => fanOut(sql, tenantId)),
  claim: async (tenantId, webhookId, most, leaseMs, underWay = 0) =>
    underWay < most
      ? database.inTenant(tenantId, (sql) => claim(sql, tenantId, webhookId, most, leaseMs, underWay))
      : [],
  delivered: (tenantId, webhookId, delivery) =>
    database.inTenant(tenantId, async (sql) => {
      await markWell(sql, tenantId, webhookId);
      await endDelivery(sql, tenantId, webhookId, delivery);
    }),
  dropped: (tenantId, webhookId, delivery) =>
    database.inTenant(tenantId, (sql) => endDelivery(sql, tenantId, webhookId, delivery)),
  failed: (tenantId, webhookId, delivery, failure, jitter) =>
    database.inTenant(tenantId, (sql) =>
      failDelivery(sql, tenantId, webhookId, delivery, failure, jitter, giveUpHours),
    ),
  waiting: (tenantId) =>
    database.readInTenant(tenantId, async (sql) => {
      const [row] = await sql<{ waiting: number }>(
        `SELECT count(*)::float8 AS waiting FROM webhook_delivery d JOIN webhook w ON w.tenant_id = $1
           AND w.webhook_id = d.webhook_id AND w.ended_at IS NULL WHERE d.tenant_id = $1`,
        [tenantId],
      );
      return row?.waiting ?? 0;
    }),
});

/** A claim moves `due_at` to the end of the lease: a process that dies leaves nothing behind but that. */
const claim = async (
  sql: Sql,
  tenantId: string,
  webhookId: string,
  most: number,
  leaseMs: number,
  underWay: number,
): Promise<Delivery[]> => {
  const [webhook] = await sql<{ failing: boolean }>(
    `SELECT failing_since IS NOT NULL AS failing FROM webhook WHERE tenant_id = $1 AND webhook_id = $2
       AND ended_at IS NULL AND (retry_at IS NULL OR retry_at <= now())`,
    [tenantId, webhookId],
  );
  const free = (webhook?.failing ? 1 : most) - underWay;
  if (!webhook || free <= 0) return [];
  return sql(
    `WITH due AS (
       SELECT customer_id, version FROM webhook_delivery
       WHERE tenant_id = $1 AND webhook_id = $2 AND due_at <= now() ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED)
     UPDATE webhook_delivery d SET attempts = d.attempts + 1, due_at = now() + make_interval(secs => $4)
     FROM due WHERE d.tenant_id = $1 AND d.webhook_id = $2 AND d.customer_id = due.customer_id AND d.version = due.version
     RETURNING d.event_id AS "eventId", d.customer_id AS "customerId", d.version::float8 AS version, d.type,
       d.occurred_at AS "occurredAt", d.attempts`,
    [tenantId, webhookId, free, leaseMs / 1000],
  );
};

const markWell = (sql: Sql, tenantId: string, webhookId: string): Promise<unknown[]> =>
  sql(
    `UPDATE webhook SET failing_since = NULL, retry_at = NULL
     WHERE tenant_id = $1 AND webhook_id = $2 AND failing_since IS NOT NULL`,
    [tenantId, webhookId],
  );
