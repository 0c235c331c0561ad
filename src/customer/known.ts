import type { Customer } from './customer.ts';
import { decodeHistory, type HistoryEntry } from './history-entry.ts';
import { decodeCustomer } from './record.ts';
import { type Loaded, type Needs, noNeeds } from './store.ts';

/** What one pass over a group knows: the loaded rows by what they are asked for, and what its commands decided. */
export interface Known {
  readonly loaded: Loaded;
  /** What was asked for and is not known. */
  readonly needs: Needs;
  /** Every customer known so far, also those that the group has just made. */
  readonly customers: Map<string, Customer>;
  /** Customers that were looked for, whether they are there or not. */
  readonly asked: ReadonlySet<string>;
  /** The parents that were loaded, without the customers themselves. */
  readonly parents: ReadonlyMap<string, string | null>;
  /** Customers whose sub-customers were loaded. */
  readonly childrenLoaded: ReadonlySet<string>;
  /** The loaded entries of customers. */
  readonly entries: ReadonlyMap<string, readonly HistoryEntry[]>;
  /** The entries that the group's commands made. */
  readonly noted: Map<string, HistoryEntry[]>;
  /** Who holds a unique value, by `ownerKey`; undefined where nobody does. */
  readonly owners: Map<string, string | undefined>;
}

/** What is known at the beginning of a pass. Throws UnreadableRecord. */
export const knownFrom = (tenantId: string, loaded: Loaded): Known => {
  const customers = new Map(loaded.customers.map((row) => [row.customerId, decodeCustomer(row, tenantId)]));
  const entries = new Map<string, HistoryEntry[]>();
  for (const row of loaded.history) {
    addEntry(entries, row.customerId, decodeHistory(row, tenantId, customers.get(row.customerId)?.dataKey));
  }
  return {
    loaded,
    needs: noNeeds(),
    customers,
    asked: new Set(loaded.othersAsked),
    parents: new Map(loaded.links.map((link) => [link.customerId, link.parentId])),
    childrenLoaded: new Set(loaded.childrenOf),
    entries,
    noted: new Map(),
    owners: ownersIn(loaded),
  };
};

/** Adds an entry to those of its customer. */
export const addEntry = (
  into: Map<string, HistoryEntry[]>,
  customerId: string,
  entry: HistoryEntry,
): void => {
  const entries = into.get(customerId);
  if (entries) entries.push(entry);
  else into.set(customerId, [entry]);
};

const ownersIn = (loaded: Loaded): Map<string, string | undefined> => {
  const owners = new Map<string, string | undefined>();
  for (const owner of loaded.ownersOf) owners.set(ownerKey(owner.field, owner.token), undefined);
  for (const owner of loaded.owners) owners.set(ownerKey(owner.field, owner.token), owner.customerId);
  return owners;
};

/** A unique value of a field as one text. */
export const ownerKey = (field: string, token: Buffer): string => `${field}\u0000${token.toString('base64')}`;
