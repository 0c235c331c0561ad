import { isScope } from '../access/scopes.ts';
import type { Webhook, WebhookStatus } from '../webhooks/webhook.ts';
import type { Sql } from './sql.ts';

/** Adds a webhook; it is told of changes that begin from now on. */
export const insertWebhook = (sql: Sql, tenantId: string, webhook: Webhook): Promise<unknown[]> =>
  sql(
    `INSERT INTO webhook (tenant_id, webhook_id, contract, url, events, scopes, created_at, given_up)
     VALUES ($1, $2, $3, $4, $5, $6, now(), 0)`,
    [
      tenantId,
      webhook.webhookId,
      webhook.contract,
      webhook.url,
      webhook.events.join(' '),
      webhook.scopes.join(' '),
    ],
  );

/** All webhooks of a tenant, ended ones included, the newest last. */
export const readWebhooks = async (sql: Sql, tenantId: string): Promise<WebhookStatus[]> => {
  const rows = await sql<StoredWebhook & Omit<WebhookStatus, keyof Webhook>>(
    `SELECT ${columns}, w.created_at AS "createdAt", w.given_up::float8 AS "givenUp", w.failing_since AS "failingSince",
       w.last_failure AS "lastFailure", w.ended_at AS "endedAt",
       (SELECT count(*)::float8 FROM webhook_delivery d WHERE d.tenant_id = $1 AND d.webhook_id = w.webhook_id) AS waiting
     FROM webhook w WHERE w.tenant_id = $1 ORDER BY w.created_at, w.webhook_id`,
    [tenantId],
  );
  return rows.map((row) => ({ ...row, ...listsOf(row) }));
};

/** The webhooks of a tenant that have not ended. */
export const readLiveWebhooks = async (sql: Sql, tenantId: string): Promise<Webhook[]> => {
  const rows = await sql<StoredWebhook>(
    `SELECT ${columns} FROM webhook w WHERE w.tenant_id = $1 AND w.ended_at IS NULL ORDER BY w.webhook_id`,
    [tenantId],
  );
  return rows.map((row) => ({ ...row, ...listsOf(row) }));
};

/** Removes a webhook; false when there is none of this id. What it was not told yet is removed by tidying. */
export const deleteWebhook = async (sql: Sql, tenantId: string, webhookId: string): Promise<boolean> => {
  const rows = await sql(
    'DELETE FROM webhook WHERE tenant_id = $1 AND webhook_id = $2 RETURNING 1 AS removed',
    [tenantId, webhookId],
  );
  return rows.length === 1;
};

/**
 * Lets a webhook that ended begin again; false when there is none of this id that has. It is told of changes that begin
 * from now on: what it was not told before is dropped here, or passed over when it is handed out.
 */
export const resumeWebhook = async (sql: Sql, tenantId: string, webhookId: string): Promise<boolean> => {
  const rows = await sql(
    `UPDATE webhook SET ended_at = NULL, failing_since = NULL, last_failure = NULL, retry_at = NULL, resumed_at = now()
     WHERE tenant_id = $1 AND webhook_id = $2 AND ended_at IS NOT NULL RETURNING 1 AS resumed`,
    [tenantId, webhookId],
  );
  if (rows.length === 0) return false;
  await sql('DELETE FROM webhook_delivery WHERE tenant_id = $1 AND webhook_id = $2', [tenantId, webhookId]);
  return true;
};

/** Removes deliveries to webhooks that were removed or have ended. */
export const deleteLeftDeliveries = async (sql: Sql, tenantId: string, most: number): Promise<number> => {
  const rows = await sql(
    `DELETE FROM webhook_delivery WHERE tenant_id = $1 AND (webhook_id, customer_id, version) IN (
       SELECT d.webhook_id, d.customer_id, d.version FROM webhook_delivery d WHERE d.tenant_id = $1
         AND NOT EXISTS (SELECT 1 FROM webhook w WHERE w.tenant_id = $1 AND w.webhook_id = d.webhook_id
                         AND w.ended_at IS NULL) LIMIT $2) RETURNING 1 AS deleted`,
    [tenantId, most],
  );
  return rows.length;
};

type StoredWebhook = Omit<Webhook, 'events' | 'scopes'> & { events: string; scopes: string };

const columns = 'w.webhook_id AS "webhookId", w.contract, w.url, w.events, w.scopes';

const listsOf = ({ events, scopes }: StoredWebhook): Pick<Webhook, 'events' | 'scopes'> => ({
  events: events.split(' '),
  scopes: scopes.split(' ').filter(isScope),
});
