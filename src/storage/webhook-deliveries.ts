import type { Delivery, Failure, WebhookStore } from '../webhooks/webhook.ts';
import type { Database, Sql } from './database.ts';
import { readLiveWebhooks } from './webhooks.ts';

/** Deliveries on PostgreSQL. An event that was not taken for `giveUpHours` is given up. */
export const createWebhookStore = (database: Database, giveUpHours: number): WebhookStore => ({
  live: (tenantId) => database.readInTenant(tenantId, (sql) => readLiveWebhooks(sql, tenantId)),
  fanOut: (tenantId) => database.inTenant(tenantId, (sql) => fanOut(sql, tenantId)),
  claim: (tenantId, webhookId, most, leaseMs) =>
    database.inTenant(tenantId, (sql) => claim(sql, tenantId, webhookId, most, leaseMs)),
  delivered: (tenantId, webhookId, delivery) =>
    database.inTenant(tenantId, async (sql) => {
      await markWell(sql, tenantId, webhookId);
      await endDelivery(sql, tenantId, webhookId, delivery);
    }),
  dropped: (tenantId, webhookId, delivery) =>
    database.inTenant(tenantId, (sql) => endDelivery(sql, tenantId, webhookId, delivery)),
  failed: (tenantId, webhookId, delivery, failure, jitter) =>
    database.inTenant(tenantId, async (sql) => {
      const values = [tenantId, webhookId, 1 + jitter / 2, failure.retryAfterSeconds, giveUpHours];
      const lost = await putOff(sql, values, delivery);
      const ended = failure.ours
        ? await markOwnFault(sql, tenantId, webhookId, failure, lost)
        : await markFailing(sql, values, failure, lost);
      if (lost) await endDelivery(sql, tenantId, webhookId, delivery);
      return ended ? 'ended' : lost ? 'given-up' : 'retried';
    }),
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

const eventsAtOnce = 2000;

/**
 * Moves events from the outbox to the webhooks that want them; of an erasure each is told (GDPR Art. 19). One process at a time does so for a tenant, since it
 * holds the webhooks' rows, so an older event of a customer is never overtaken. Ids are made by the clocks of several
 * processes: where they alone would take a younger event of a customer first, the older ones are taken along. What is
 * in the outbox is committed, and nothing is remembered of what was taken; so none can be passed over. Of each customer
 * the oldest alone is due, and the others when it has ended.
 */
const fanOut = async (sql: Sql, tenantId: string): Promise<boolean> => {
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

/** A claim moves `due_at` to the end of the lease: a process that dies leaves nothing behind but that. */
const claim = async (
  sql: Sql,
  tenantId: string,
  webhookId: string,
  most: number,
  leaseMs: number,
): Promise<Delivery[]> => {
  const [webhook] = await sql<{ failing: boolean }>(
    `SELECT failing_since IS NOT NULL AS failing FROM webhook WHERE tenant_id = $1 AND webhook_id = $2
       AND ended_at IS NULL AND (retry_at IS NULL OR retry_at <= now())`,
    [tenantId, webhookId],
  );
  if (!webhook) return [];
  return sql(
    `WITH due AS (
       SELECT customer_id, version FROM webhook_delivery
       WHERE tenant_id = $1 AND webhook_id = $2 AND due_at <= now() ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED)
     UPDATE webhook_delivery d SET attempts = d.attempts + 1, due_at = now() + make_interval(secs => $4)
     FROM due WHERE d.tenant_id = $1 AND d.webhook_id = $2 AND d.customer_id = due.customer_id AND d.version = due.version
     RETURNING d.event_id AS "eventId", d.customer_id AS "customerId", d.version::float8 AS version, d.type,
       d.occurred_at AS "occurredAt", d.attempts`,
    [tenantId, webhookId, webhook.failing ? 1 : most, leaseMs / 1000],
  );
};

/**
 * Ends a delivery that is still this claim's, and lets the next of its customer be due. Nobody hands events over
 * meanwhile: whoever does would take the one that ends for the oldest still.
 */
const endDelivery = async (
  sql: Sql,
  tenantId: string,
  webhookId: string,
  { customerId, version, attempts }: Delivery,
): Promise<void> => {
  await sql('SELECT 1 FROM webhook WHERE tenant_id = $1 AND webhook_id = $2 FOR SHARE', [
    tenantId,
    webhookId,
  ]);
  const ended = await sql(
    `DELETE FROM webhook_delivery WHERE tenant_id = $1 AND webhook_id = $2 AND customer_id = $3 AND version = $4
       AND attempts = $5 RETURNING 1 AS ended`,
    [tenantId, webhookId, customerId, version, attempts],
  );
  if (ended.length === 0) return;
  await sql(
    `UPDATE webhook_delivery SET due_at = now() WHERE tenant_id = $1 AND webhook_id = $2 AND customer_id = $3
       AND version = (SELECT min(n.version) FROM webhook_delivery n
                      WHERE n.tenant_id = $1 AND n.webhook_id = $2 AND n.customer_id = $3)`,
    [tenantId, webhookId, customerId],
  );
};

const markWell = (sql: Sql, tenantId: string, webhookId: string): Promise<unknown[]> =>
  sql(
    `UPDATE webhook SET failing_since = NULL, retry_at = NULL
     WHERE tenant_id = $1 AND webhook_id = $2 AND failing_since IS NOT NULL`,
    [tenantId, webhookId],
  );

/**
 * A wait as long as it has failed already, in the bounds; so the waits double. `$3` spreads them, `$4` is what the
 * subscriber asked for.
 */
const pause = (since: string, longest: string): string =>
  `GREATEST(LEAST(GREATEST(now() - COALESCE(${since}, now()), interval '1 second') * $3::float8, interval '${longest}'),
     make_interval(secs => $4))`;

/** Whether the event was tried for long enough; false when another process took it on meanwhile. */
const putOff = async (
  sql: Sql,
  values: unknown[],
  { customerId, version, attempts }: Delivery,
): Promise<boolean> => {
  const [row] = await sql<{ over: boolean }>(
    `UPDATE webhook_delivery SET failed_at = COALESCE(failed_at, now()), due_at = now() + ${pause('failed_at', '1 hour')}
     WHERE tenant_id = $1 AND webhook_id = $2 AND customer_id = $6 AND version = $7 AND attempts = $8
     RETURNING failed_at <= now() - make_interval(hours => $5) AS over`,
    [...values, customerId, version, attempts],
  );
  return row?.over === true;
};

/**
 * What fails on our side ends no webhook: its subscriber may well be there. The short pause holds back the many events
 * that may fail for the same cause. Never says that the webhook ended.
 */
const markOwnFault = async (
  sql: Sql,
  tenantId: string,
  webhookId: string,
  { reason }: Failure,
  lost: boolean,
): Promise<false> => {
  await sql(
    `UPDATE webhook SET last_failure = $3, given_up = given_up + CASE WHEN $4 THEN 1 ELSE 0 END,
       retry_at = GREATEST(retry_at, now() + interval '1 second')
     WHERE tenant_id = $1 AND webhook_id = $2 AND ended_at IS NULL`,
    [tenantId, webhookId, reason, lost],
  );
  return false;
};

/** Whether that ended the webhook: it is gone, or it took nothing for as long as one event is tried. */
const markFailing = async (
  sql: Sql,
  values: unknown[],
  { reason, gone }: Failure,
  lost: boolean,
): Promise<boolean> => {
  const [row] = await sql<{ ended: boolean }>(
    `UPDATE webhook SET last_failure = $6, failing_since = COALESCE(failing_since, now()),
       retry_at = now() + ${pause('failing_since', '1 minute')}, given_up = given_up + CASE WHEN $7 THEN 1 ELSE 0 END,
       ended_at = CASE WHEN $8 OR failing_since <= now() - make_interval(hours => $5) THEN now() END
     WHERE tenant_id = $1 AND webhook_id = $2 AND ended_at IS NULL RETURNING ended_at IS NOT NULL AS ended`,
    [...values, reason, lost, gone],
  );
  return row?.ended === true;
};
