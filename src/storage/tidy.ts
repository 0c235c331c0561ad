import { replayWindowSeconds } from '../customer/idempotency.ts';
import type { Database } from './database.ts';
import { deleteUntoldEvents } from './outbox.ts';
import { deleteOldRateCounts } from './rate-counts.ts';
import { deleteOldReplies } from './replies.ts';
import { deleteOldRequests } from './requests.ts';
import { deleteOldSessions } from './sessions.ts';
import { deleteLeftDeliveries } from './webhooks.ts';

/** How long an ended request can be asked for. */
export const requestKeptSeconds = 30 * 24 * 60 * 60;

const atOnce = 1000;

/** Removes some of what is over in a tenant, and of what nobody waits for; true when there may be more. */
export const tidyTenant = (database: Database, tenantId: string): Promise<boolean> =>
  database.inTenant(tenantId, async (sql) => {
    const replies = await deleteOldReplies(sql, tenantId, replayWindowSeconds, atOnce);
    const requests = await deleteOldRequests(sql, tenantId, requestKeptSeconds, atOnce);
    const sessions = await deleteOldSessions(sql, tenantId, atOnce);
    const counts = await deleteOldRateCounts(sql, tenantId, atOnce);
    const events = await deleteUntoldEvents(sql, tenantId, atOnce);
    const deliveries = await deleteLeftDeliveries(sql, tenantId, atOnce);
    return [replies, requests, sessions, counts, events, deliveries].includes(atOnce);
  });
