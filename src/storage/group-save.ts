import { replayWindowSeconds } from '../customer/idempotency.ts';
import type { Writes } from '../customer/store.ts';
import { plainKey } from '../privacy/data-key.ts';
import { insertAccesses } from './access-log.ts';
import { insertDataKeys } from './data-keys.ts';
import { isWrongCount } from './database-errors.ts';
import { exactly } from './exactly.ts';
import type { Group } from './group.ts';
import { insertHistory } from './history.ts';
import { insertEvents } from './outbox.ts';
import { insertReplies } from './replies.ts';
import { endRequests, insertRequests } from './requests.ts';
import { insertCustomers, updateCustomers } from './save-customers.ts';
import type { Sql } from './sql.ts';
import { updateStructure } from './structure.ts';
import { deleteLookups, deleteUniques, insertLookups, insertUniques } from './tokens.ts';

/** Saves what a group writes; false when another process's writes came between. */
export const save = (group: Group, writes: Writes): Promise<boolean> =>
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
