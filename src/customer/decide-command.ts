import { Refusal } from '../errors.ts';
import type { Change } from '../schema/change.ts';
import { diff } from '../schema/diff.ts';
import type { JsonObject } from '../schema/json.ts';
import { atVersion } from './at-version.ts';
import { withBlind } from './blind-changes.ts';
import { checkHierarchy } from './check-hierarchy.ts';
import { checkDeletion, checkPersonal } from './check-personal.ts';
import { checkRecord } from './check-record.ts';
import { checkSize } from './check-size.ts';
import { checkUnique } from './check-unique.ts';
import type { Customer, CustomerData } from './customer.ts';
import type { HistoryEntry } from './history-entry.ts';
import { isVisible } from './is-visible.ts';
import type { Command, Next, Past } from './operation.ts';
import type { World } from './world.ts';

/** A decided change: the customer as it will be, and what differs. Not changed when it already was so. */
export interface Decision {
  before: Customer | undefined;
  after: Customer;
  changes: Change[];
  changed: boolean;
  /** The entries that come before the change's own, and its own changes, for a customer with a past elsewhere. */
  past?: { entries: HistoryEntry[]; changes: Change[] };
}

/**
 * The door's judgement of one command against the world: visibility, eligibility, version, the operation itself, the record's
 * rules, personal data, size, hierarchy and uniqueness, in this order. Pure. Throws a Refusal, or Missing when something
 * has to be loaded first. `onNext` is told the record as the operation wants it, before it is judged, once more when the
 * items of its lists have their ids, and with both the record as it is.
 */
export const decideCommand = (
  command: Command,
  world: World,
  onNext: (data: JsonObject, before: JsonObject | undefined) => void,
): Decision => {
  const current = world.customer(command.customerId);
  const visible = current && isVisible(command, current.id, world) ? current : undefined;
  if (visible?.erased) throw new Refusal('erased');
  const creates = command.operation.event === 'customer.created';
  if (!creates && (!visible || (visible.deletedAt && !command.operation.onDeleted))) {
    throw new Refusal('not-found');
  }
  if (creates && current) throw existing();
  command.eligible?.(visible, command.context, world);
  const next = atVersion(command, visible, world);
  const known = visible?.data as JsonObject | undefined;
  onNext(next.data as JsonObject, known);
  const data =
    'deleted' in next ? next.data : checkRecord(next.data as JsonObject, known ?? {}, command.context.newId);
  onNext(data as JsonObject, known);
  const deleted = 'deleted' in next;
  const changes = deleted ? [] : changesTo(next, visible, data);
  if (deleted && visible) checkDeletion(command.context, visible);
  else checkPersonal(command.context, visible, data, changes);
  const past = 'past' in next ? next.past : undefined;
  const after = customerAfter(world, command.customerId, visible ?? past, data, deleted);
  const changed = changes.length > 0 || !visible || deleted || visible.deletedAt !== null;
  if (!changed && visible) return { before: visible, after: visible, changes, changed };
  checkSize(visible, after);
  checkHierarchy(command, visible, after, world);
  checkUnique(command, visible, after, world);
  if (!visible && !command.dryRun) after.number = world.nextNumber();
  const earlier = past && { entries: past.entries, changes: diff(past.record, data as JsonObject) };
  return { before: visible, after, changes, changed, ...(earlier ? { past: earlier } : {}) };
};

/** What a decision changes, what the caller could not see and wrote anew included. */
const changesTo = (next: Next, current: Customer | undefined, data: CustomerData): Change[] => {
  const before = (current?.data ?? {}) as JsonObject;
  return withBlind(diff(before, data as JsonObject), 'blind' in next ? (next.blind ?? []) : [], before);
};

/** The customer with another record, a version after what it was here or elsewhere. */
const customerAfter = (
  world: World,
  id: string,
  before: Customer | Past | undefined,
  data: CustomerData,
  deleted: boolean,
): Customer => {
  const { number, version, updatedAt } =
    before && 'entries' in before
      ? { number: 0, version: before.entries.length, updatedAt: before.entries.at(-1)?.recordedAt }
      : (before ?? { number: 0, version: 0, updatedAt: undefined });
  // A transaction that waited began before the change that it follows; the times of a history never go back.
  const at = updatedAt && updatedAt > world.now ? updatedAt : world.now;
  return {
    id,
    tenantId: world.tenant.id,
    dataKey: world.dataKey(id) ?? world.newDataKey(),
    number,
    version: version + 1,
    createdAt: before?.createdAt ?? world.now,
    updatedAt: at,
    deletedAt: deleted ? at : null,
    data,
  };
};

const existing = (): Refusal =>
  new Refusal('already-taken', {
    faults: [{ pointer: '/id', rule: 'unique', detail: 'is taken by another customer' }],
  });
