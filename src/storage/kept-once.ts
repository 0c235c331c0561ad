import type { Tenant } from '../access/principal.ts';
import type { AskedOnce } from '../customer/erasure-store.ts';
import { isOver, replayed, replayWindowSeconds, replyPlace } from '../customer/idempotency.ts';
import type { Reply } from '../customer/operation.ts';
import { sealBeside, unsealBeside } from '../customer/sealing-key.ts';
import type { StoredCustomer, StoredReply } from '../customer/stored-rows.ts';
import { errorTable, Refusal } from '../errors.ts';
import { keyIn } from '../privacy/data-key.ts';
import type { TenantKeys } from '../privacy/tenant-keys.ts';
import { withHeldKeys } from './data-keys.ts';
import { lockedCustomer } from './locked-customer.ts';
import { insertReplies, readReplies } from './replies.ts';
import type { Sql } from './sql.ts';

/** A transaction of a tenant. */
export interface KeptPlace {
  sql: Sql;
  keys: TenantKeys;
  tenant: Tenant;
}

/**
 * Does something about a customer, who is locked, at most once under its idempotency key, if it has one: its reply is
 * kept in the same transaction, sealed, and given again as it was; so is that of a refusal which is decided against the
 * record, so `work` refuses before it writes. Throws Refusal `not-found` and those of `work` where no key keeps them,
 * `erased`, `idempotency-key-reused`, and `idempotency-key-in-progress`.
 */
export const keptOnce = async <Result>(
  place: KeptPlace,
  asked: AskedOnce<Result>,
  work: (customer: StoredCustomer) => Promise<Result>,
): Promise<Reply> => {
  const { sql, keys, tenant } = place;
  const customer = await lockedCustomer(sql, keys, tenant, asked.customerId);
  const { idempotency } = asked;
  if (!idempotency) return asked.render(await work(there(customer)));
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
  const reply = await answered(asked, () => work(there(customer)));
  await keep(place, customer, { ...idempotency, customerId: asked.customerId, reply, now });
  return reply;
};

const there = (customer: StoredCustomer | undefined): StoredCustomer => {
  if (!customer) throw new Refusal('not-found');
  return customer;
};

/** The reply to keep. Throws the refusals that no key keeps. */
const answered = async <Result>(asked: AskedOnce<Result>, work: () => Promise<Result>): Promise<Reply> => {
  try {
    return asked.render(await work());
  } catch (error) {
    if (error instanceof Refusal && errorTable[error.code].stored) return asked.renderRefusal(error);
    throw error;
  }
};

interface ToKeep {
  customerId: string;
  keyDigest: Buffer;
  fingerprint: Buffer;
  reply: Reply;
  now: Date;
}

const keep = async (
  { sql, tenant }: KeptPlace,
  customer: StoredCustomer | undefined,
  { customerId, keyDigest, fingerprint, reply, now }: ToKeep,
): Promise<void> => {
  const { status, body } = reply;
  const headers = JSON.stringify(reply.headers);
  const sealed = sealBeside(
    body,
    keyIn(customer?.dataKey),
    tenant,
    replyPlace(tenant, { customerId, keyDigest }),
  );
  const rows = [{ keyDigest, fingerprint, customerId, status, headers, sealed, createdAt: now }];
  const overBefore = new Date(now.getTime() - replayWindowSeconds * 1000);
  const added = await insertReplies(sql, tenant.id, rows, overBefore);
  if (added.length > 0) return;
  // Whoever was faster asked for something else: the same would have waited for the customer, if there were one.
  if (customer) throw new Refusal('idempotency-key-reused');
  throw new Refusal('idempotency-key-in-progress', { headers: { 'retry-after': '1' } });
};
