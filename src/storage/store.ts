import { replayWindowSeconds } from '../customer/idempotency.ts';
import type { GroupTransaction, Loaded, Needs, OpenRequest, Store, Writes } from '../customer/store.ts';
import type { HistoryRow, StoredReply } from '../customer/stored-rows.ts';
import { type HeldKey, newDataKey, plainKey } from '../privacy/data-key.ts';
import type { TenantKeys } from '../privacy/tenant-keys.ts';
import { createAccessStore, insertAccesses } from './access-log.ts';
import {
  insertCustomers,
  readCustomers,
  readCustomersToChange,
  readIdsOf,
  readNumbersOf,
  readWithin,
  updateCustomers,
} from './customers.ts';
import { insertDataKeys, type Wrapped, withHeldKeys } from './data-keys.ts';
import type { Database, Sql } from './database.ts';
import { isWrongCount } from './database-errors.ts';
import { createErasureStore } from './erasures.ts';
import { exactly } from './exactly.ts';
import { insertHistory, readHistory, readHistoryRanges, readHistoryUpTo } from './history.ts';
import type { Keyring } from './keyring.ts';
import { countCustomers, listCustomers, plannedQuery } from './list-customers.ts';
import { insertEvents } from './outbox.ts';
import { insertReplies, readReplies } from './replies.ts';
import { endRequests, insertRequests, lockOpenRequests, readOpenRequests, readRequest } from './requests.ts';
import { createRightsStore } from './rights.ts';
import { signingKeyOf } from './signing-keys.ts';
import { lockStructure, readChildren, readLinks, updateStructure } from './structure.ts';
import { deleteLookups, deleteUniques, insertLookups, insertUniques, readOwners } from './tokens.ts';

/** The store on PostgreSQL. Statements of one step are sent together and answered in order. */
export const createStore = (
  database: Database,
  { erasureWindowDays }: { erasureWindowDays: number },
): Store => ({
  ...createRightsStore(database),
  ...createErasureStore(database, erasureWindowDays),
  ...createAccessStore(database),
  transact: (tenant, work) =>
    database.keyring.with(tenant.id, (keys) =>
      database.inTenant(tenant.id, (sql, commit) =>
        work(groupTransaction({ sql, commit, tenantId: tenant.id, keys, keyring: database.keyring })),
      ),
    ),
  readCustomers: (tenant, ids) =>
    database.keyring.with(tenant.id, (keys) =>
      database.readInTenant(tenant.id, (sql) => readCustomers(sql, keys, tenant.id, ids)),
    ),
  readNumbers: (tenant, ids, numbers) =>
    database.readInTenant(tenant.id, async (sql) => {
      const [ofIds, ofNumbers] = await Promise.all([
        readNumbersOf(sql, tenant.id, ids),
        readIdsOf(sql, tenant.id, numbers),
      ]);
      return [...ofIds, ...ofNumbers];
    }),
  readWithin: (tenant, root, ids) =>
    database.readInTenant(tenant.id, (sql) => readWithin(sql, tenant.id, root, ids)),
  async listCustomers(tenant, query) {
    const planned = await plannedQuery(database, tenant.id, query);
    return readWithKeys(database, tenant.id, (sql) => listCustomers(sql, tenant.id, planned));
  },
  async countCustomers(tenant, query) {
    const planned = await plannedQuery(database, tenant.id, query);
    return database.readInTenant(tenant.id, (sql) => countCustomers(sql, tenant.id, planned));
  },
  readHistory: (tenant, id, before, limit) =>
    readGenuine(database, tenant.id, (sql) => readHistory(sql, tenant.id, id, before, limit)),
  readUpTo: (tenant, id, at) =>
    readGenuine(database, tenant.id, (sql) => readHistoryUpTo(sql, tenant.id, id, at)),
  readRequest: async (tenant, id) =>
    (await readWithKeys(database, tenant.id, (sql) => readRequest(sql, tenant.id, id)))[0],
  openRequests: (tenant, limit) =>
    readWithKeys(database, tenant.id, (sql) => readOpenRequests(sql, tenant.id, limit)),
  signingKey: (tenant) => signingKeyOf(database, tenant.id),
});

/** Reads rows and unwraps the keys of their customers. */
const readWithKeys = <Row extends { customerId: string; dataKey: HeldKey }>(
  database: Database,
  tenantId: string,
  read: (sql: Sql) => Promise<Wrapped<Row>[]>,
): Promise<Row[]> =>
  database.keyring.with(tenantId, async (keys) =>
    withHeldKeys<Row>(keys, await database.readInTenant(tenantId, read)),
  );

const readGenuine = (
  database: Database,
  tenantId: string,
  read: (sql: Sql) => Promise<HistoryRow[]>,
): Promise<HistoryRow[]> =>
  database.keyring.with(tenantId, async (keys) => genuine(keys, await database.readInTenant(tenantId, read)));

/** Entries of which none is forged; throws an Error. */
const genuine = (keys: TenantKeys, rows: HistoryRow[]): HistoryRow[] => {
  if (rows.some(({ sealed, snapshot }) => keys.isForged(sealed) || (snapshot && keys.isForged(snapshot)))) {
    throw new Error('A history entry lies plain where all is sealed');
  }
  return rows;
};

/** What a group works with. */
interface Group {
  sql: Sql;
  commit(): Promise<unknown>;
  tenantId: string;
  keys: TenantKeys;
  keyring: Keyring;
}

const groupTransaction = (group: Group): GroupTransaction => ({
  load: (needs) => load(group, needs),
  save: (writes) => save(group, writes),
});

const load = async ({ sql, tenantId, keys, keyring }: Group, needs: Needs): Promise<Loaded> => {
  const [
    clock,
    // Before everything else, so that nothing is read of a customer that may go meanwhile.
    structure,
    customers,
    others,
    openRequests,
    replies,
    links,
    children,
    history,
    owners,
    numbers,
    ids,
  ] = await Promise.all([
    sql<{ now: Date }>('SELECT transaction_timestamp() AS now'),
    needs.structure ? lockStructure(sql, tenantId) : null,
    readCustomersToChange(sql, keys, tenantId, needs.customers, needs.lock),
    readCustomers(sql, keys, tenantId, needs.others),
    lockOpenRequests(sql, tenantId, needs.requests),
    readReplies(sql, tenantId, needs.replies),
    needs.ancestorsOf.length > 0 ? readLinks(sql, tenantId, needs.ancestorsOf) : [],
    needs.childrenOf.length > 0 ? readChildren(sql, tenantId, needs.childrenOf) : [],
    needs.history.length > 0 ? readHistoryRanges(sql, tenantId, needs.history) : [],
    needs.owners.length > 0 ? readOwners(sql, tenantId, needs.owners) : [],
    needs.numbersOfIds.length > 0 ? readNumbersOf(sql, tenantId, needs.numbersOfIds) : [],
    needs.idsOfNumbers.length > 0 ? readIdsOf(sql, tenantId, needs.idsOfNumbers) : [],
  ]);
  const { now } = clock[0] as { now: Date };
  return {
    now,
    newDataKey: keyring.sealing ? newDataKey : () => plainKey,
    chainSecret: keys.ownSecret('chain'),
    allChained: keys.whole,
    othersAsked: needs.others,
    customers: [...customers, ...others],
    replies: withHeldKeys<StoredReply>(keys, replies),
    openRequests: withHeldKeys<OpenRequest>(keys, openRequests),
    structure,
    links: withUnknown(links, needs.ancestorsOf),
    childrenOf: needs.childrenOf,
    children,
    historyOf: needs.history,
    history: genuine(keys, history),
    ownersOf: needs.owners,
    owners,
    numbersOfIds: needs.numbersOfIds,
    idsOfNumbers: needs.idsOfNumbers,
    numbered: [...numbers, ...ids],
  };
};

/** A customer that is not there has no parent, and must not be asked for again. */
const withUnknown = (links: Loaded['links'], asked: string[]): Loaded['links'] => {
  const found = new Set(links.map((link) => link.customerId));
  const unknown = asked.filter((id) => !found.has(id));
  return [...links, ...unknown.map((customerId) => ({ customerId, parentId: null }))];
};

/** Saves what a group writes; false when another process's writes came between. */
const save = (group: Group, writes: Writes): Promise<boolean> =>
  saved(group, send(group, writes), writes.keys.length > 0);

/** Waits for what was sent, of which nothing is held meanwhile. */
const saved = async (
  { tenantId, keyring }: Group,
  sent: Promise<unknown>[],
  addsKeys: boolean,
): Promise<boolean> => {
  try {
    await Promise.all(sent);
    return true;
  } catch (error) {
    // It may be that the generation which wrapped a new key is no longer the one that wraps.
    if (isWrongCount(error) && addsKeys) keyring.forget(tenantId);
    if (isWrongCount(error)) return false;
    throw error;
  }
};

/**
 * Sends every statement and the end of the transaction in one go. A statement that writes another number of rows than
 * it should makes all of it void. What another group may write too is written in a fixed order, so that two groups
 * wait for each other in one direction only.
 */
const send = ({ sql, commit, tenantId, keys }: Group, writes: Writes): Promise<unknown>[] => {
  const sent: Promise<unknown>[] = [];
  const all = (rows: unknown[], write: (sql: Sql) => Promise<unknown>) => {
    if (rows.length > 0) sent.push(write(exactly(sql, rows.length)));
  };
  const some = (rows: unknown[], write: () => Promise<unknown>) => {
    if (rows.length > 0) sent.push(write());
  };
  const { structure, lookups, uniques, now } = writes;
  const overBefore = new Date(now.getTime() - replayWindowSeconds * 1000);
  const newKeys = writes.keys.filter(({ dataKey }) => dataKey !== plainKey);
  const wrapped = newKeys.map(({ customerId, dataKey }) => ({
    customerId,
    wrapped: keys.wrapDataKey(customerId, dataKey),
  }));
  all(wrapped, (counted) => insertDataKeys(counted, tenantId, keys.generation, wrapped));
  if (structure) all([structure], (counted) => updateStructure(counted, tenantId, structure));
  all(writes.created, (counted) => insertCustomers(counted, tenantId, writes.created));
  all(writes.updated, (counted) => updateCustomers(counted, tenantId, writes.updated));
  all(writes.accesses, (counted) => insertAccesses(counted, tenantId, writes.accesses));
  all(writes.history, (counted) => insertHistory(counted, tenantId, writes.history));
  some(writes.events, () => insertEvents(sql, tenantId, writes.events, now));
  some(uniques.removed, () => deleteUniques(sql, tenantId, uniques.removed));
  const claimed = uniques.added.toSorted((a, b) => Buffer.compare(a.token, b.token));
  all(claimed, (counted) => insertUniques(counted, tenantId, claimed));
  some(lookups.removed, () => deleteLookups(sql, tenantId, lookups.removed));
  some(lookups.added, () => insertLookups(sql, tenantId, lookups.added));
  all(writes.endedRequests, (counted) => endRequests(counted, tenantId, writes.endedRequests, now));
  some(writes.openedRequests, () => insertRequests(sql, tenantId, writes.openedRequests));
  const replies = writes.replies.toSorted((a, b) => Buffer.compare(a.keyDigest, b.keyDigest));
  all(replies, (counted) => insertReplies(counted, tenantId, replies, overBefore));
  sent.push(commit());
  return sent;
};
