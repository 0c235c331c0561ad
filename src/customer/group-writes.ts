import type { Tenant } from '../access/principal.ts';
import type { Attempt } from './attempt-command.ts';
import type { Customer } from './customer.ts';
import { declaredPath, encodeHistory, isWhollyPersonal, shapeOfChange } from './history-entry.ts';
import { isSearched, lookupTokens, uniqueTokens } from './lookup.ts';
import { dataKeyOf, decodeCustomer, encodeCustomer, openText } from './record.ts';
import {
  type Loaded,
  noWrites,
  type OutboxRow,
  type StoredCustomer,
  type TokenRow,
  type Writes,
} from './store.ts';
import type { WorldState } from './world.ts';

/**
 * Everything that a group's decisions write. A customer that changed several times in the group is written once, in
 * its last form; each change keeps its own history row and its own event.
 */
export const collectWrites = (
  tenant: Tenant,
  loaded: Loaded,
  state: WorldState,
  attempts: Attempt[],
): Writes => {
  const writes: Writes = {
    ...noWrites(loaded.now),
    keys: [...state.newKeys].map(([customerId, dataKey]) => ({ customerId, dataKey })),
    replies: attempts.flatMap((attempt) => attempt.reply ?? []),
    openedRequests: attempts.flatMap((attempt) => attempt.opened ?? []),
    endedRequests: attempts.flatMap((attempt) => attempt.ended ?? []),
    structure: state.structure,
  };
  const rows = new Map(loaded.customers.map((row) => [row.customerId, row]));
  const last = new Map<string, Customer>();
  const searched = new Set<string>();
  const opened = new Set<string>();
  for (const { command, decision, entry } of attempts) {
    if (!decision || !entry) continue;
    writes.history.push(encodeHistory(entry, tenant.id, dataKeyOf(decision.after)));
    writes.events.push(
      eventOf(command.operation.event, entry.changes, decision.after, command.context.newId()),
    );
    last.set(decision.after.id, decision.after);
    if (movesTokens(decision)) searched.add(decision.after.id);
    if (decision.changes.some(({ path }) => !isWhollyPersonal(path))) opened.add(decision.after.id);
  }
  for (const customer of last.values()) {
    const row = rows.get(customer.id);
    if (row) writes.updated.push(updateOf(customer, row.version, opened.has(customer.id)));
    else writes.created.push({ ...encodeCustomer(customer), open: openText(customer) });
    if (searched.has(customer.id)) addTokens(tenant, writes, row, customer);
  }
  return writes;
};

/** Whether there is anything to save. */
export const hasWrites = (writes: Writes): boolean =>
  writes.history.length > 0 ||
  writes.replies.length > 0 ||
  writes.openedRequests.length > 0 ||
  writes.endedRequests.length > 0;

const updateOf = (
  customer: Customer,
  expectedVersion: number,
  opened: boolean,
): Writes['updated'][number] => ({
  ...encodeCustomer(customer),
  open: opened ? openText(customer) : null,
  expectedVersion,
});

const movesTokens = ({ before, after, changes }: NonNullable<Attempt['decision']>): boolean =>
  !before ||
  before.deletedAt !== null ||
  after.deletedAt !== null ||
  changes.some(({ path }) => {
    const shape = shapeOfChange(path);
    return shape === undefined || isSearched(shape);
  });

const addTokens = (
  tenant: Tenant,
  writes: Writes,
  row: StoredCustomer | undefined,
  after: Customer,
): void => {
  const before = row && !row.deletedAt ? decodeCustomer(row, tenant.id) : undefined;
  const live = after.deletedAt === null;
  const difference = (had: TokenRow[], has: TokenRow[], into: { added: TokenRow[]; removed: TokenRow[] }) => {
    const hadKeys = new Set(had.map(keyOf));
    const hasKeys = new Set(has.map(keyOf));
    into.added.push(...has.filter((one) => !hadKeys.has(keyOf(one))));
    into.removed.push(...had.filter((one) => !hasKeys.has(keyOf(one))));
  };
  difference(
    before ? lookupTokens(tenant, after.id, before.data) : [],
    live ? lookupTokens(tenant, after.id, after.data) : [],
    writes.lookups,
  );
  difference(
    before ? uniqueTokens(tenant, after.id, before.data) : [],
    live ? uniqueTokens(tenant, after.id, after.data) : [],
    writes.uniques,
  );
};

const keyOf = (one: TokenRow): string => `${one.field}\u0000${one.token.toString('base64')}`;

const eventOf = (
  type: string,
  changes: { path: string }[],
  customer: Customer,
  eventId: string,
): OutboxRow => ({
  eventId,
  customerId: customer.id,
  version: customer.version,
  type,
  paths: JSON.stringify([...new Set(changes.map((change) => declaredPath(change.path)))]),
});
