import { Refusal } from '../errors.ts';
import { applyChanges } from '../schema/apply-changes.ts';
import { type Change, invert } from '../schema/change.ts';
import { commonStart } from '../schema/common-start.ts';
import { conflicts } from '../schema/conflicts.ts';
import { diff } from '../schema/diff.ts';
import type { JsonObject } from '../schema/json.ts';
import { areInLine, blindConflicts, withBlind } from './blind-changes.ts';
import { checkDeletion, checkPersonal } from './check-personal.ts';
import { checkRecord, withItemIds } from './check-record.ts';
import { checkSize } from './check-size.ts';
import type { Customer, CustomerData } from './customer.ts';
import type { HistoryEntry } from './history-entry.ts';
import { uniqueTokens } from './lookup.ts';
import { mergeConflict } from './merge-conflict.ts';
import type { Command, Next, Past } from './operation.ts';
import { withData } from './record.ts';
import { seesAlike } from './view.ts';
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

/** Whether the caller's key sees the customer: a bound key sees its own customer and the descendants. */
export const isVisible = (command: Command, customerId: string, world: World): boolean => {
  const root = command.context.principal.customerId;
  return root === null || root === customerId || world.ancestorIds(customerId).includes(root);
};

/** Runs the operation on the version that the caller knows, and merges when that is not the newest and may be. */
const atVersion = (command: Command, current: Customer | undefined, world: World): Next => {
  const { precondition, operation, input, context } = command;
  if (isUnwanted(command, current)) throw staleRefusal(current);
  if (precondition.kind === 'none' || (precondition.kind === 'any' && current)) {
    return operation.decide(current, input, context, world);
  }
  const versions = precondition.kind === 'versions' ? precondition.versions : [];
  if (current && versions.includes(current.version)) return operation.decide(current, input, context, world);
  const known = versions[0];
  const mergeable =
    command.mergeStale && current && !current.deletedAt && known !== undefined && versions.length === 1;
  if (!mergeable || known >= current.version || current.version - known > mostStaleVersions) {
    throw staleRefusal(current);
  }
  return mergeStale(command, current, known, world);
};

/** Whether the customer is, or has a version, that the change must not meet (RFC 9110 section 13.1.2). */
const isUnwanted = ({ unless }: Command, current: Customer | undefined): boolean =>
  unless !== undefined &&
  current !== undefined &&
  current.deletedAt === null &&
  (unless.kind === 'any' || (unless.kind === 'versions' && unless.versions.includes(current.version)));

const mostStaleVersions = 1000;

const staleRefusal = (current: Customer | undefined): Refusal =>
  new Refusal('precondition-failed', current ? { extra: { currentVersion: current.version } } : {});

const mergeStale = (command: Command, current: Customer, known: number, world: World): Next => {
  const [knownEntry, ...since] = world.historyFrom(current.id, known);
  const base = since
    .toReversed()
    .reduce((data, entry) => applyChanges(data, invert(entry.changes)), current.data as JsonObject);
  const updatedAt = knownEntry?.recordedAt ?? current.updatedAt;
  const asKnown: Customer = { ...withData(current, base), version: known, updatedAt };
  // What the caller could see then and may not now must not come back through a change of the older version.
  if (!seesAlike(command.context, asKnown, current)) throw staleRefusal(current);
  const mine = command.operation.decide(asKnown, command.input, command.context, world);
  if ('deleted' in mine) throw staleRefusal(current);
  // Without an id an added item would make the whole list one value, and a change of any other item a conflict.
  const own = withItemIds(mine.data as JsonObject, command.context.newId);
  const theirs = current.data as JsonObject;
  const start = commonStart(base, own, theirs);
  const mineChanges = diff(start, own);
  const blind = ('blind' in mine && mine.blind) || [];
  const seen = mineChanges.filter((change) => !blind.some((one) => areInLine(change, one)));
  const sinceKnown = since.flatMap(({ changes }) => changes);
  const clashes = [...conflicts(seen, diff(start, theirs)), ...blindConflicts(blind, sinceKnown)];
  if (clashes.length > 0) throw mergeConflict(command.context, current, clashes);
  return { data: applyChanges(theirs, mineChanges) as unknown as CustomerData, blind };
};

const checkHierarchy = (
  command: Command,
  before: Customer | undefined,
  after: Customer,
  world: World,
): void => {
  const root = command.context.principal.customerId;
  const parentId = after.data.parentId ?? null;
  if (after.deletedAt) {
    world.joinStructure();
    if (world.hasSubCustomers(after.id)) throw new Refusal('has-sub-customers');
    return;
  }
  const refuse = (rule: string, detail: string, pointer = '/parentId') =>
    new Refusal('validation-failed', { faults: [{ pointer, rule, detail }] });
  if (before && isParent(before) && !isParent(after)) {
    world.joinStructure();
    const detail = 'must not be false while it has sub-customers';
    if (world.hasSubCustomers(after.id)) throw refuse('subCustomers', detail, '/delegation/isParent');
  }
  const moved = !before || (before.data.parentId ?? null) !== parentId;
  if (!moved && before.deletedAt === null) return;
  world.joinStructure();
  // Whoever comes back to its place leaves nobody's sight.
  if (root !== null && moved) {
    const within = parentId !== null && (parentId === root || world.ancestorIds(parentId).includes(root));
    if (!within || after.id === root) throw refuse('exists', 'must be a customer that the key sees');
  }
  if (parentId === null) return;
  if (parentId === after.id) throw refuse('cycle', 'must not be the customer itself');
  const parent = world.customerOrLoad(parentId);
  if (!parent || parent.deletedAt) throw refuse('exists', 'must be an existing customer');
  if (world.ancestorIds(parentId).includes(after.id))
    throw refuse('cycle', 'must not be one of its own sub-customers');
};

/** Whether a customer may have sub-customers: one may unless its record says no. */
const isParent = ({ data }: Customer): boolean => data.delegation?.isParent !== false;

const checkUnique = (command: Command, before: Customer | undefined, after: Customer, world: World): void => {
  if (after.deletedAt) return;
  const held = before && !before.deletedAt ? before.data : {};
  const taken = uniqueTokens(command.context.tenant, after.id, after.data, held).filter(
    ({ field, token }) => {
      const owner = world.ownerOf(field, token);
      return owner !== undefined && owner !== after.id;
    },
  );
  if (taken.length === 0) return;
  const faults = taken.map(({ pointer }) => ({
    pointer,
    rule: 'unique',
    detail: 'is taken by another customer',
  }));
  throw new Refusal('already-taken', { faults });
};
