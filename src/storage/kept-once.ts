import type { Tenant } from '../access/principal.ts';
import type { AskedOnce } from '../customer/erasure-store.ts';
import { isOver, replayed, replayWindowSeconds, replyPlace } from '../customer/idempotency.ts';
import type { Reply } from '../customer/operation.ts';
import { sealBeside, unsealBeside } from '../customer/sealing-key.ts';
import type { StoredReply } from '../customer/stored-rows.ts';
import { Refusal } from '../errors.ts';
import { type HeldKey, keyIn } from '../privacy/data-key.ts';
import type { TenantKeys } from '../privacy/tenant-keys.ts';
import { withHeldKeys } from './data-keys.ts';
import type { Sql } from './database.ts';
import { insertReplies, readReplies } from './replies.ts';

/** Where something is done about a customer who is locked. */
export interface KeptPlace {
  sql: Sql;
  keys: TenantKeys;
  tenant: Tenant;
  dataKey: HeldKey;
}

/**
 * Does something about a customer at most once under its idempotency key, if it has one: its reply is kept in the same
 * transaction, sealed, and given again as it was. Throws Refusal `idempotency-key-reused`.
 */
export const keptOnce = async <Result>(
  place: KeptPlace,
  asked: AskedOnce<Result>,
  work: () => Promise<Result>,
): Promise<Reply> => {
  const { sql, keys, tenant } = place;
  const { idempotency } = asked;
  if (!idempotency) return asked.render(await work());
  const [kept, [clock]] = await Promise.all([
    readReplies(sql, tenant.id, [idempotency.keyDigest]),
    sql<{ now: Date }>('SELECT transaction_timestamp() AS now'),
  ]);
  const { now } = clock as { now: Date };
  const [row] = withHeldKeys<StoredReply>(keys, kept);
  if (row && !isOver(row, now)) {
    if (!row.fingerprint.equals(idempotency.fingerprint)) throw new Refusal('idempotency-key-reused');
    const body = unsealBeside(row.sealed, row.dataKey, tenant, replyPlace(tenant, row));
    const headers = JSON.parse(row.headers) as Record<string, string>;
    return replayed({ status: row.status, headers, body });
  }
  const reply = asked.render(await work());
  await keep(place, asked.customerId, { ...idempotency, reply, now });
  return reply;
};

const keep = async (
  { sql, tenant, dataKey }: KeptPlace,
  customerId: string,
  { keyDigest, fingerprint, reply, now }: { keyDigest: Buffer; fingerprint: Buffer; reply: Reply; now: Date },
): Promise<void> => {
  const { status, body } = reply;
  const headers = JSON.stringify(reply.headers);
  const sealed = sealBeside(body, keyIn(dataKey), tenant, replyPlace(tenant, { customerId, keyDigest }));
  const rows = [{ keyDigest, fingerprint, customerId, status, headers, sealed, createdAt: now }];
  const overBefore = new Date(now.getTime() - replayWindowSeconds * 1000);
  const added = await insertReplies(sql, tenant.id, rows, overBefore);
  // Whoever was faster asked for something else: the same would have waited for the customer.
  if (added.length === 0) throw new Refusal('idempotency-key-reused');
};
