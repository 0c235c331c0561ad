import type { Loaded, Needs, OpenRequest } from '../customer/store.ts';
import type { StoredReply } from '../customer/stored-rows.ts';
import { newDataKey, plainKey } from '../privacy/data-key.ts';
import { readIdsOf, readNumbersOf } from './customer-numbers.ts';
import { readCustomers, readCustomersToChange } from './customers.ts';
import { withHeldKeys } from './data-keys.ts';
import { genuineEntries } from './genuine-entries.ts';
import type { Group } from './group.ts';
import { readHistoryRanges } from './history.ts';
import { readReplies } from './replies.ts';
import { lockOpenRequests } from './requests.ts';
import { lockStructure, readChildren, readLinks } from './structure.ts';
import { readOwners } from './tokens.ts';

/** Loads what a group needs, in one round trip. */
export const load = async (group: Group, needs: Needs): Promise<Loaded> => {
  const { keys, keyring } = group;
  const [
    clock,
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
  ] = await Promise.all(reads(group, needs));
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
    history: genuineEntries(keys, history),
    ownersOf: needs.owners,
    owners,
    numbersOfIds: needs.numbersOfIds,
    idsOfNumbers: needs.idsOfNumbers,
    numbered: [...numbers, ...ids],
  };
};

const reads = ({ sql, tenantId, keys }: Group, needs: Needs) =>
  [
    sql<{ now: Date }>('SELECT transaction_timestamp() AS now'),
    // Before everything else, so that nothing is read of a customer that may go meanwhile.
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
  ] as const;

/** A customer that is not there has no parent, and must not be asked for again. */
const withUnknown = (links: Loaded['links'], asked: string[]): Loaded['links'] => {
  const found = new Set(links.map((link) => link.customerId));
  const unknown = asked.filter((id) => !found.has(id));
  return [...links, ...unknown.map((customerId) => ({ customerId, parentId: null }))];
};
