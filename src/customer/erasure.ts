import type { Tenant } from '../access/principal.ts';
import { Refusal } from '../errors.ts';
import type { Context } from './context.ts';
import type {
  Asked,
  AskedErasure,
  Erasure,
  ErasureQuery,
  ErasureStatus,
  LegalHold,
  Once,
  ScheduledErasure,
} from './erasure-store.ts';
import type { Door } from './execute.ts';
import type { Reply } from './operation.ts';
import { pageToken, readPageToken } from './page-token.ts';

/** What a caller says of an erasure that it wants. */
type ErasureWish = Pick<AskedErasure, 'reason' | 'after' | 'waiveWindow'>;

/** Schedules the erasure of a customer (GDPR Art. 17), deleted or not. Throws Refusal `not-found`, and as the store does. */
export const scheduleErasure = async (
  door: Door,
  context: Context,
  customerId: string,
  wish: ErasureWish,
  once: Once<ScheduledErasure>,
): Promise<Reply> => {
  await seen(door, context, customerId);
  const erasureId = context.newId();
  return door.store.scheduleErasure(context.tenant, {
    ...askedBy(context, customerId, wish.reason),
    ...wish,
    ...once,
    erasureId,
  });
};

/** Cancels the erasure that is scheduled. Throws Refusal `not-found` where there never was one, and `erased`. */
export const cancelErasure = async (
  door: Door,
  context: Context,
  customerId: string,
  reason: string,
  once: Once<Erasure>,
): Promise<Reply> => {
  await seen(door, context, customerId);
  return door.store.cancelErasure(context.tenant, { ...askedBy(context, customerId, reason), ...once });
};

/** The newest erasure of a customer, also after it. Throws Refusal `not-found`. */
export const readErasure = async (door: Door, context: Context, customerId: string): Promise<Erasure> => {
  await seen(door, context, customerId);
  const erasure = await door.store.readErasure(context.tenant, customerId);
  if (erasure) return erasure;
  const [customer] = await door.store.readCustomers(context.tenant, [customerId]);
  throw customer ? neverAsked() : new Refusal('not-found');
};

/** The refusal where the customer is there, and no erasure of it was ever asked for. */
export const neverAsked = (): Refusal =>
  new Refusal('not-found', { detail: 'No erasure of the customer was asked for' });

/** Erasures, the newest first; a key that is bound to a customer sees those below it. Throws `invalid-page-token`. */
export const listErasures = async (
  { store }: Door,
  { tenant, principal: { customerId: root } }: Context,
  asked: { status: ErasureStatus | undefined; limit: number; pageToken: string | undefined },
): Promise<{ erasures: Erasure[]; nextPageToken: string | undefined }> => {
  const query = JSON.stringify(['erasures', asked.status ?? null, root]);
  const before =
    asked.pageToken === undefined ? null : readPageToken(tenant, query, asked.pageToken).customerId;
  const found = await firstWithin(store, tenant, root, {
    status: asked.status,
    before,
    limit: asked.limit + 1,
  });
  const erasures = found.slice(0, asked.limit);
  const last = found.length > asked.limit ? erasures.at(-1) : undefined;
  return {
    erasures,
    nextPageToken: last && pageToken(tenant, query, { value: '', customerId: last.erasureId }),
  };
};

/** The first erasures of customers that the key sees: those of others show neither in a page nor in its token. */
const firstWithin = async (
  store: Door['store'],
  tenant: Tenant,
  root: string | null,
  query: ErasureQuery,
): Promise<Erasure[]> => {
  if (root === null) return store.listErasures(tenant, query);
  const found: Erasure[] = [];
  const limit = Math.max(query.limit, pageSize);
  for (let before = query.before; ; ) {
    const page = await store.listErasures(tenant, { ...query, before, limit });
    const ids = await store.readWithin(tenant, root, page.map(customerOf));
    found.push(...page.filter((one) => ids.has(one.customerId)));
    const last = page.at(-1);
    if (!last || page.length < limit || found.length >= query.limit) return found.slice(0, query.limit);
    before = last.erasureId;
  }
};

const pageSize = 500;

/** Sets a legal hold: while it stands the customer is not erased. Throws Refusal `not-found` and `erased`. */
export const setHold = async (
  door: Door,
  context: Context,
  customerId: string,
  reason: string,
  once: Once<LegalHold>,
): Promise<Reply> => {
  await seen(door, context, customerId);
  return door.store.setHold(context.tenant, { ...askedBy(context, customerId, reason), ...once });
};

/** Releases the hold; what was scheduled meanwhile is carried out when it is due. */
export const releaseHold = async (
  door: Door,
  context: Context,
  customerId: string,
  reason: string,
  once: Once<LegalHold>,
): Promise<Reply> => {
  await seen(door, context, customerId);
  return door.store.releaseHold(context.tenant, { ...askedBy(context, customerId, reason), ...once });
};

/** Whether a hold stands, and what was set and released, also of a customer that was erased. */
export const readHold = async (door: Door, context: Context, customerId: string): Promise<LegalHold> => {
  await seen(door, context, customerId);
  return door.store.readHold(context.tenant, customerId);
};

const customerOf = ({ customerId }: Erasure): string => customerId;

const askedBy = ({ principal, contract }: Context, customerId: string, reason: string): Asked => ({
  customerId,
  principal: principal.name,
  contract,
  reason,
});

/** To a key that is bound to a customer nothing else exists. */
const seen = async ({ store }: Door, { tenant, principal }: Context, id: string): Promise<void> => {
  const root = principal.customerId;
  if (root === null || root === id || (await store.readWithin(tenant, root, [id])).has(id)) return;
  throw new Refusal('not-found');
};
