import { replayWindowSeconds } from '../customer/idempotency.ts';
import { deleteOldAccesses } from './access-log.ts';
import type { Database } from './database.ts';
import { deleteUntoldEvents } from './outbox.ts';
import { deleteOldRateCounts } from './rate-counts.ts';
import { deleteOldReplies } from './replies.ts';
import { deleteOldRequests } from './requests.ts';
import { readRetentionRules } from './retention.ts';
import { deleteOldSessions } from './sessions.ts';
import { deleteLeftDeliveries } from './webhooks.ts';

const atOnce = 1000;

/** Removes some of what is over in a tenant by its rules of retention, and of what nobody waits for. */
export const tidyTenant = (
  database: Database,
  tenantId: string,
): Promise<{ removed: Record<string, number>; more: boolean }> =>
  database.inTenant(tenantId, async (sql) => {
    const rules = await readRetentionRules(sql, tenantId);
    const removed = {
      idempotencyReplies: await deleteOldReplies(sql, tenantId, replayWindowSeconds, atOnce),
      requests:
        rules.requests === null ? 0 : await deleteOldRequests(sql, tenantId, rules.requests * day, atOnce),
      accessLog:
        rules.accessLog === null ? 0 : await deleteOldAccesses(sql, tenantId, rules.accessLog * day, atOnce),
      sessions: await deleteOldSessions(sql, tenantId, atOnce),
      rateCounts: await deleteOldRateCounts(sql, tenantId, atOnce),
      events: await deleteUntoldEvents(sql, tenantId, atOnce),
      webhookDeliveries: await deleteLeftDeliveries(sql, tenantId, atOnce),
    };
    return { removed, more: Object.values(removed).includes(atOnce) };
  });

/** Seconds. */
const day = 24 * 60 * 60;
