import type { Tenant } from '../access/principal.ts';
import { joined } from '../schema/joined.ts';
import type { Attempt } from './attempt.ts';
import type { WorldState } from './create-world.ts';
import type { Customer } from './customer.ts';
import { groupChains } from './group-chains.ts';
import { declaredPath, encodeHistory } from './history-entry.ts';
import { movedTokens } from './lookup-tokens.ts';
import { movedNames } from './moved-names.ts';
import { dataKeyOf, encodeCustomer } from './record.ts';
import { allNames } from './search-names.ts';
import { type Loaded, noWrites, type Writes } from './store.ts';
import type { OutboxRow } from './stored-rows.ts';
import { uniqueTokens } from './unique-tokens.ts';

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
    accesses: attempts.flatMap((attempt) => attempt.accesses),
    structure: state.structure,
  };
  const rows = new Map(loaded.customers.map((row) => [row.customerId, row]));
  const chains = groupChains(tenant.id, loaded);
  const first = new Map<string, Customer | undefined>();
  const last = new Map<string, Customer>();
  const searched = new Map<string, Set<string>>();
  for (const { command, decision, entry } of attempts) {
    if (!decision || !entry) continue;
    for (const one of [...(decision.past?.entries ?? []), entry]) {
      writes.history.push(chains.add(encodeHistory(one, tenant.id, dataKeyOf(decision.after))));
    }
    writes.events.push(
      eventOf(command.operation.event, entry.changes, decision.after, command.context.newId()),
    );
    if (!first.has(decision.after.id)) first.set(decision.after.id, decision.before);
    last.set(decision.after.id, decision.after);
    for (const name of namesMovedBy(decision)) push(searched, decision.after.id, name);
  }
  for (const customer of last.values()) {
    const row = rows.get(customer.id);
    const encoded = joined(encodeCustomer(customer), chains.end(customer));
    const expected = row && { expectedVersion: row.version, expectedHead: row.chainHead ?? null };
    if (expected) writes.updated.push(joined(encoded, expected));
    else writes.created.push(encoded);
    const names = searched.get(customer.id);
    if (names) addTokens(tenant, writes, first.get(customer.id), customer, names);
  }
  return writes;
};

/** Whether there is anything to save. */
export const hasWrites = (writes: Writes): boolean =>
  writes.history.length > 0 ||
  writes.accesses.length > 0 ||
  writes.replies.length > 0 ||
  writes.openedRequests.length > 0 ||
  writes.endedRequests.length > 0;

const namesMovedBy = ({ before, after, changes }: NonNullable<Attempt['decision']>): ReadonlySet<string> =>
  !before || before.deletedAt !== null || after.deletedAt !== null ? allNames : movedNames(changes);

/** The tokens that a customer has after the group and had not before it, and the other way round. */
const addTokens = (
  tenant: Tenant,
  writes: Writes,
  before: Customer | undefined,
  after: Customer,
  names: ReadonlySet<string>,
): void => {
  const had = before && !before.deletedAt ? before.data : undefined;
  const has = after.deletedAt ? undefined : after.data;
  const { added, removed } = movedTokens(tenant, after.number, had, has, names);
  writes.lookups.added.push(...added);
  writes.lookups.removed.push(...removed);
  writes.uniques.added.push(...uniqueTokens(tenant, after.id, has ?? {}, had));
  writes.uniques.removed.push(...uniqueTokens(tenant, after.id, had ?? {}, has));
};

const push = (into: Map<string, Set<string>>, id: string, name: string): void => {
  const names = into.get(id);
  if (names) names.add(name);
  else into.set(id, new Set([name]));
};

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
