import type { AfterFailure, Delivery, Failure } from '../webhooks/webhook.ts';
import { endDelivery } from './end-delivery.ts';
import type { Sql } from './sql.ts';

/**
 * Notes that a delivery failed: it is put off, or given up once it was tried for `giveUpHours`; and whether that ended the
 * webhook. `jitter`, from 0 to 1, spreads what is tried again.
 */
export const failDelivery = async (
  sql: Sql,
  tenantId: string,
  webhookId: string,
  delivery: Delivery,
  failure: Failure,
  jitter: number,
  giveUpHours: number,
): Promise<AfterFailure> => {
  const values = [tenantId, webhookId, 1 + jitter / 2, failure.retryAfterSeconds, giveUpHours];
  const lost = await putOff(sql, values, delivery);
  const ended = failure.ours
    ? await markOwnFault(sql, tenantId, webhookId, failure, lost)
    : await markFailing(sql, values, failure, lost);
  if (lost) await endDelivery(sql, tenantId, webhookId, delivery);
  return ended ? 'ended' : lost ? 'given-up' : 'retried';
};

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

/**
 * A wait as long as it has failed already, in the bounds; so the waits double. `$3` spreads them, `$4` is what the
 * subscriber asked for.
 */
const pause = (since: string, longest: string): string =>
  `GREATEST(LEAST(GREATEST(now() - COALESCE(${since}, now()), interval '1 second') * $3::float8, interval '${longest}'),
     make_interval(secs => $4))`;
