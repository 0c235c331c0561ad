import { applyChanges } from '../schema/apply-changes.ts';
import { invert } from '../schema/change.ts';
import { commonStart } from '../schema/common-start.ts';
import { conflicts } from '../schema/conflicts.ts';
import { diff } from '../schema/diff.ts';
import type { JsonObject } from '../schema/json.ts';
import { areInLine, blindConflicts } from './blind-changes.ts';
import { withItemIds } from './check-record.ts';
import type { Customer, CustomerData } from './customer.ts';
import { mergeConflict } from './merge-conflict.ts';
import type { Command, Next } from './operation.ts';
import { withData } from './record.ts';
import { staleRefusal } from './stale-refusal.ts';
import { seesAlike } from './view.ts';
import type { World } from './world.ts';

/**
 * What the operation makes of the version that the caller `known`, brought into the record as it is now. Pure. Throws
 * Refusal `merge-conflict` where somebody else changed the same since, `precondition-failed` where it must not be merged, what
 * the operation throws, and Missing while the history has to be loaded.
 */
export const mergeStale = (command: Command, current: Customer, known: number, world: World): Next => {
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
