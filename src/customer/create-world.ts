import type { Tenant } from '../access/principal.ts';
import { type DataKey, keyIn } from '../privacy/data-key.ts';
import type { Customer } from './customer.ts';
import type { HistoryEntry } from './history-entry.ts';
import { addEntry, type Known, knownFrom } from './known.ts';
import { ancestorIds, hasSubCustomers } from './known-hierarchy.ts';
import { entriesBetween } from './known-history.ts';
import { groupLinks } from './known-links.ts';
import { noteOwner, ownerOf } from './known-owners.ts';
import { missing } from './missing.ts';
import type { Loaded, Needs } from './store.ts';
import type { World } from './world.ts';

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
  const known = knownFrom(tenant.id, loaded);
  const keys = storedKeys(loaded);
  const state: WorldState = {
    world: worldOf(tenant, known, keys, () => joinStructure(state, known)),
    needs: known.needs,
    structure: null,
    newKeys: new Map(),
    note(customer, entry) {
      known.customers.set(customer.id, customer);
      state.noteKey(customer.id, keyIn(customer.dataKey));
      if (entry) addEntry(known.noted, customer.id, entry);
    },
    noteOwner: (field, token, customerId) => noteOwner(known, field, token, customerId),
    noteKey(id, key) {
      if (key === undefined || keys.has(id)) return;
      keys.set(id, key);
      state.newKeys.set(id, key);
    },
  };
  return state;
};

const worldOf = (
  tenant: Tenant,
  known: Known,
  keys: ReadonlyMap<string, DataKey>,
  structure: () => Structure,
): World => ({
  now: known.loaded.now,
  tenant,
  customer: (id) => known.customers.get(id),
  customerOrLoad(id) {
    const customer = known.customers.get(id);
    return customer || known.asked.has(id) ? customer : missing(() => known.needs.others.push(id));
  },
  ancestorIds: (id) => ancestorIds(known, id),
  links: groupLinks(known),
  hasSubCustomers: (id) => hasSubCustomers(known, id),
  historyFrom: (id, from) => entriesBetween(known, id, from, newest),
  entry: (id, version) => entriesBetween(known, id, version, version)[0],
  ownerOf: (field, token) => ownerOf(known, field, token),
  dataKey: (id) => keys.get(id),
  newDataKey: known.loaded.newDataKey,
  joinStructure: structure,
  nextNumber() {
    const joined = structure();
    joined.lastNumber += 1;
    return joined.lastNumber;
  },
});

type Structure = NonNullable<WorldState['structure']>;

/** The structure as the group leaves it, from now on written with it. Throws Missing. */
const joinStructure = (state: WorldState, { loaded, needs }: Known): Structure => {
  const { lastNumber, version } =
    loaded.structure ??
    missing(() => {
      needs.structure = true;
    });
  state.structure ??= { lastNumber, expectedVersion: version };
  return state.structure;
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
