import type { JsonObject } from '../schema/json.ts';
import { nilUuid } from '../uuid.ts';
import type { Context } from './context.ts';
import type { Customer } from './customer.ts';
import type { Door } from './execute.ts';
import type { HistoryEntry } from './history-entry.ts';
import { replayWindowSeconds } from './idempotency.ts';
import { listAccesses } from './list-accesses.ts';
import { unsealCall } from './request.ts';
import { readRestriction } from './restriction.ts';
import type { StoredCustomer } from './stored-rows.ts';

const atOnce = 500;

/** Every entry up to the version that was read, the oldest first. */
export async function* historyOf(
  door: Door,
  context: Context,
  { id, version }: Customer,
): AsyncGenerator<HistoryEntry> {
  for (let last = Math.min(atOnce, version); ; last = Math.min(last + atOnce, version)) {
    const { entries } = await door.reader.history(context, id, last + 1, ((last - 1) % atOnce) + 1);
    yield* entries.toReversed();
    if (last >= version) return;
  }
}

/** The changes that were accepted to be made later and are still kept, with what was sent. */
export async function* requestsOf(
  { store }: Door,
  { tenant }: Context,
  { id }: Customer,
): AsyncGenerator<JsonObject> {
  for (let after = nilUuid; ; ) {
    const rows = await store.requestsOf(tenant, id, after, atOnce);
    for (const row of rows) {
      const { route, url, body, reason, principal } = unsealCall(row, tenant.id);
      yield {
        id: row.requestId,
        status: row.status,
        principal: principal.name,
        contract: row.contract,
        route,
        ...(url === undefined ? {} : { url }),
        reason,
        body,
        createdAt: row.createdAt.toISOString(),
        finishedAt: row.finishedAt?.toISOString() ?? null,
      };
    }
    const last = rows.at(-1);
    if (!last || rows.length < atOnce) return;
    after = last.requestId;
  }
}

/** Sub-customers that are not deleted, by id and number: what they hold is theirs. */
export async function* subCustomersOf(
  { store }: Door,
  { tenant, principal }: Context,
  { id: parentId }: Customer,
): AsyncGenerator<JsonObject> {
  let after: { value: string; customerId: string } | null = null;
  for (;;) {
    const rows: StoredCustomer[] = await store.listCustomers(tenant, {
      within: principal.customerId,
      tokens: [],
      parentId,
      sort: 'number',
      descending: false,
      after,
      limit: atOnce,
    });
    for (const { customerId, number } of rows) yield { id: customerId, number };
    const last = rows.at(-1);
    if (!last || rows.length < atOnce) return;
    after = { value: String(last.number), customerId: last.customerId };
  }
}

/** Who was shown or changed what while the record was at protection level 3 or 4, the newest first. */
export async function* accessesOf(
  door: Door,
  context: Context,
  { id: customerId }: Customer,
): AsyncGenerator<JsonObject> {
  let pageToken: string | undefined;
  do {
    const page = await listAccesses(door, context, { customerId, limit: atOnce, pageToken });
    for (const { occurredAt, customerId: _id, ...access } of page.accesses) {
      yield { ...access, occurredAt: occurredAt.toISOString() };
    }
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined);
}

/** The parent by id and number; a key that is bound to the customer sees none. */
export const parentOf = async (
  door: Door,
  context: Context,
  customer: Customer,
): Promise<JsonObject | null> => {
  const id = customer.data.parentId;
  if (typeof id !== 'string' || customer.id === context.principal.customerId) return null;
  return { id, number: (await door.reader.links(context, [customer])).numberOf(id) };
};

/** The restriction as it stands. */
export const restrictionOf = async (
  door: Door,
  context: Context,
  { id }: Customer,
): Promise<JsonObject | null> => {
  const restriction = await readRestriction(door.reader, context, id);
  return restriction && { ...restriction, since: restriction.since.toISOString() };
};

/** That replies are kept for idempotency keys, and until when. */
export const repliesOf = async (
  { store }: Door,
  { tenant }: Context,
  { id }: Customer,
): Promise<JsonObject[]> =>
  (await store.repliesOf(tenant, id)).map(({ status, createdAt }) => ({
    status,
    createdAt: createdAt.toISOString(),
    until: new Date(createdAt.getTime() + replayWindowSeconds * 1000).toISOString(),
  }));

/** Whoever was subscribed while the customer was there. Of an address its host is told: a path may hold a secret. */
export const webhooksOf = async (
  { store }: Door,
  { tenant }: Context,
  { createdAt }: Customer,
): Promise<JsonObject[]> =>
  (await store.subscribers(tenant))
    .filter(({ endedAt }) => endedAt === null || endedAt > createdAt)
    .map(({ id, contract, url, events, scopes, ...one }) => ({
      id,
      contract,
      host: new URL(url).host,
      events,
      scopes,
      since: one.createdAt.toISOString(),
      until: one.endedAt?.toISOString() ?? null,
    }));
