import type { Tenant } from '../access/principal.ts';
import { type DataKey, keyIn } from '../privacy/data-key.ts';
import type { Customer } from './customer.ts';
import { decodeHistory, type HistoryEntry } from './history-entry.ts';
import { groupLinks, type Links } from './links.ts';
import { decodeCustomer } from './record.ts';
import { type Loaded, type Needs, noNeeds } from './store.ts';

/**
 * What a group of commands sees while it is decided: the loaded rows, and on top of them what the commands before
 * decided. Asking for something that was not loaded notes the need and throws `Missing`; the group then loads it and
 * decides again from the start.
 */
export interface World {
  readonly now: Date;
  readonly tenant: Tenant;
  /** A customer that the group is about; undefined when there is none. */
  customer(id: string): Customer | undefined;
  /** Any other customer; throws Missing. */
  customerOrLoad(id: string): Customer | undefined;
  /** The ancestors of a customer, its parent first; throws Missing. */
  ancestorIds(id: string): string[];
  hasSubCustomers(id: string): boolean;
  /** Numbers and ids of customers, as a caller bound to `root` may learn them; they throw Missing. */
  links(root: string | null): Links;
  /** Entries with versions from `from` on, the oldest first. */
  historyFrom(id: string, from: number): HistoryEntry[];
  entry(id: string, version: number): HistoryEntry | undefined;
  /** Who holds a value that only one customer may have. */
  ownerOf(field: string, token: Buffer): string | undefined;
  /** The key of a customer, also of one that was accepted and is not there yet. */
  dataKey(id: string): DataKey | undefined;
  newDataKey(): DataKey;
  /** Takes part in the order of creations, deletions and moves. */
  joinStructure(): void;
  nextNumber(): number;
}

/** Thrown inside a decision when something has to be loaded first. */
export class Missing extends Error {}

/** Changes to the structure and the unique values that a group has decided so far, kept by the group itself. */
export interface WorldState {
  world: World;
  needs: Needs;
  /** Notes a decided change, so that the next commands of the group see it. */
  note(customer: Customer, entry: HistoryEntry | null): void;
  noteOwner(field: string, token: Buffer, customerId: string | null): void;
  /** Notes the key under which something of a customer is sealed; the first one stays. */
  noteKey(customerId: string, key: DataKey | undefined): void;
  /** Those of the noted keys that are not stored yet. */
  newKeys: Map<string, DataKey>;
  structure: { lastNumber: number; expectedVersion: number } | null;
}

/** Builds the world of one pass over a group from everything that was loaded for it. */
export const createWorld = (tenant: Tenant, loaded: Loaded): WorldState => {
  const needs = noNeeds();
  const missing = (note: () => void): never => {
    note();
    throw new Missing();
  };
  const customers = new Map(loaded.customers.map((row) => [row.customerId, decodeCustomer(row, tenant.id)]));
  const asked = new Set(loaded.othersAsked);
  const parents = new Map(loaded.links.map((link) => [link.customerId, link.parentId]));
  const childrenLoaded = new Set(loaded.childrenOf);
  const entries = new Map<string, HistoryEntry[]>();
  for (const row of loaded.history) {
    push(entries, row.customerId, decodeHistory(row, tenant.id, customers.get(row.customerId)?.dataKey));
  }
  const keys = storedKeys(loaded);
  const newKeys = new Map<string, DataKey>();
  const owners = new Map<string, string | undefined>();
  for (const owner of loaded.ownersOf) owners.set(ownerKey(owner.field, owner.token), undefined);
  for (const owner of loaded.owners) owners.set(ownerKey(owner.field, owner.token), owner.customerId);
  const noted = new Map<string, HistoryEntry[]>();

  const parentOf = (id: string): string | null => {
    const known = customers.get(id);
    if (known) return known.data.parentId ?? null;
    const link = parents.get(id);
    return link === undefined ? missing(() => needs.ancestorsOf.push(id)) : link;
  };
  const history = (id: string, from: number, to: number): HistoryEntry[] => {
    const known = loaded.historyOf.some((one) => one.customerId === id && one.from <= from && one.to >= to);
    if (!known) return missing(() => needs.history.push({ customerId: id, from, to }));
    const all = [...(entries.get(id) ?? []), ...(noted.get(id) ?? [])];
    // Without a lock the history may be newer than the customer that was read before it.
    const last = Math.min(to, customers.get(id)?.version ?? to);
    return [...new Map(all.map((one) => [one.version, one])).values()]
      .filter((one) => one.version >= from && one.version <= last)
      .sort((a, b) => a.version - b.version);
  };
  const ancestorIds = (id: string): string[] => {
    const chain: string[] = [];
    for (let next = parentOf(id); next !== null && !chain.includes(next); next = parentOf(next)) {
      chain.push(next);
    }
    return chain;
  };
  const noteKey: WorldState['noteKey'] = (id, key) => {
    if (key === undefined || keys.has(id)) return;
    keys.set(id, key);
    newKeys.set(id, key);
  };
  const state: WorldState = {
    needs,
    structure: null,
    noteKey,
    newKeys,
    note(customer, entry) {
      customers.set(customer.id, customer);
      noteKey(customer.id, keyIn(customer.dataKey));
      if (entry) push(noted, customer.id, entry);
    },
    noteOwner: (field, token, customerId) => owners.set(ownerKey(field, token), customerId ?? undefined),
    world: {
      now: loaded.now,
      tenant,
      customer: (id) => customers.get(id),
      customerOrLoad(id) {
        const known = customers.get(id);
        return known || asked.has(id) ? known : missing(() => needs.others.push(id));
      },
      ancestorIds,
      links: groupLinks({ loaded, needs, customers, missing, ancestorIds }),
      hasSubCustomers(id) {
        if (!childrenLoaded.has(id)) missing(() => needs.childrenOf.push(id));
        const isChild = (child: string, parent: string | null) => {
          const decided = customers.get(child);
          return decided ? decided.deletedAt === null && decided.data.parentId === id : parent === id;
        };
        return (
          loaded.children.some((link) => isChild(link.customerId, link.parentId)) ||
          [...customers.values()].some((one) => one.deletedAt === null && one.data.parentId === id)
        );
      },
      historyFrom: (id, from) => history(id, from, newest),
      entry: (id, version) => history(id, version, version)[0],
      ownerOf(field, token) {
        const key = ownerKey(field, token);
        if (!owners.has(key)) missing(() => needs.owners.push({ field, token }));
        return owners.get(key);
      },
      dataKey: (id) => keys.get(id),
      newDataKey: loaded.newDataKey,
      joinStructure() {
        if (!loaded.structure) {
          needs.structure = true;
          throw new Missing();
        }
        state.structure ??= {
          lastNumber: loaded.structure.lastNumber,
          expectedVersion: loaded.structure.version,
        };
      },
      nextNumber() {
        state.world.joinStructure();
        const structure = state.structure as { lastNumber: number };
        structure.lastNumber += 1;
        return structure.lastNumber;
      },
    },
  };
  return state;
};

const storedKeys = (loaded: Loaded): Map<string, DataKey> => {
  const keys = new Map<string, DataKey>();
  for (const { customerId, dataKey } of [...loaded.openRequests, ...loaded.customers]) {
    const key = keyIn(dataKey);
    if (key) keys.set(customerId, key);
  }
  return keys;
};

const newest = Number.MAX_SAFE_INTEGER;

const ownerKey = (field: string, token: Buffer): string => `${field}\u0000${token.toString('base64')}`;

const push = <K, V>(map: Map<K, V[]>, key: K, value: V): void => {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
};
