import { createHmac } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { vi } from 'vitest';
import type { Tenant } from '../../src/access/principal.ts';
import { readTenant } from '../../src/storage/tenants.ts';
import { insertWebhook } from '../../src/storage/webhooks.ts';
import { webhookSecret } from '../../src/webhooks/signature.ts';
import type { Webhook } from '../../src/webhooks/webhook.ts';
import type { TestDatabase } from './database.ts';
import type { Message } from './receiver.ts';
import type { TestService } from './service.ts';

/** The settings of a service that tells subscribers on this machine, soon. They may take their time: a message that a slow machine held up would be told twice. */
export const toLoopback = { WEBHOOK_ADDRESSES: 'any', WEBHOOK_TIMEOUT_MS: '30000', SWEEP_MS: '50' };

/** Makes a webhook of the service's tenant, or of another one. */
export const makeWebhook = async (
  { app, tenantId }: Pick<TestService, 'app' | 'tenantId'>,
  webhook: Partial<Webhook> & { url: string },
): Promise<{ webhookId: string; secret: string }> => {
  const webhookId = uuidv7();
  const made: Webhook = {
    webhookId,
    contract: 'native',
    events: ['customer.created', 'customer.updated', 'customer.deleted'],
    scopes: ['customer:read'],
    ...webhook,
  };
  await app.database.inTenant(tenantId, (sql) => insertWebhook(sql, tenantId, made));
  const tenant = (await readTenant(app.database, tenantId)) as Tenant;
  return { webhookId, secret: webhookSecret(tenant.secret, webhookId) };
};

/** Whether a message was signed with a secret, as a subscriber without our program judges it. */
export const isSignedWith = (secret: string, { headers, body }: Message): boolean => {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  return headers['webhook-signature'] === `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
};

/** What the database holds of a webhook and of what it is still to be told. */
export const stored = async (database: TestDatabase, webhookId: string) => {
  const [webhook] = await database.query(
    `SELECT failing_since IS NOT NULL AS failing, last_failure AS "lastFailure", given_up::int AS "givenUp",
       ended_at IS NOT NULL AS ended FROM webhook WHERE webhook_id = $1`,
    [webhookId],
  );
  const deliveries = await database.query(
    `SELECT customer_id AS "customerId", version::int, event_id AS "eventId", attempts, due_at > now() AND isfinite(due_at) AS later
     FROM webhook_delivery WHERE webhook_id = $1 ORDER BY customer_id, version`,
    [webhookId],
  );
  return { webhook, deliveries };
};

/** Lets what was put off be tried at once, as if the time had passed. */
export const dueNow = async (database: TestDatabase, webhookId: string): Promise<void> => {
  await database.query('UPDATE webhook SET retry_at = NULL WHERE webhook_id = $1', [webhookId]);
  await database.query(
    'UPDATE webhook_delivery SET due_at = now() WHERE webhook_id = $1 AND isfinite(due_at)',
    [webhookId],
  );
};

/** Waits until something is so. */
export const until = (condition: () => boolean | Promise<boolean>): Promise<unknown> =>
  vi.waitUntil(condition, { timeout: 30_000, interval: 20 });
