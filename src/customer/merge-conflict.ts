import { Refusal } from '../errors.ts';
import type { Conflict } from '../schema/conflicts.ts';
import type { JsonObject } from '../schema/json.ts';
import { type Context, personalRights } from './context.ts';
import type { Customer } from './customer.ts';
import { noteShownChanges } from './note-disclosure.ts';
import { seenPath, seenValue } from './seen-change.ts';

/**
 * The refusal of a stale change that can't be merged: base, yours and theirs for each place, as the caller sees them.
 * The two changes of a conflict may lie at different depths, so each value is masked by its own change's path.
 */
export const mergeConflict = (context: Context, current: Customer, clashes: Conflict[]): Refusal => {
  noteShownChanges(
    context,
    current,
    clashes.map(({ theirs }) => theirs),
  );
  const viewer = { level: current.data.protectionLevel, rights: personalRights(context.principal) };
  return new Refusal('merge-conflict', {
    faults: clashes.map(({ path }) => ({
      pointer: seenPath(path, viewer),
      rule: 'changedSince',
      detail: 'was changed since',
    })),
    extra: {
      currentVersion: current.version,
      conflicts: clashes.map(({ path, mine, theirs }) => ({
        path: seenPath(path, viewer),
        ...seenValue('base', theirs.path, theirs.before, viewer),
        ...seenValue('yours', mine.path, mine.after, viewer),
        ...seenValue('theirs', theirs.path, theirs.after, viewer),
      })),
    },
  });
};

/** Conflicts that a refusal told before, as the caller sees them now. */
export const seenConflicts = (
  conflicts: readonly JsonObject[],
  current: Customer,
  context: Context,
): JsonObject[] => {
  const viewer = { level: current.data.protectionLevel, rights: personalRights(context.principal) };
  return conflicts.map(({ path, base, yours, theirs }) => {
    const place = path as string;
    const change = { path: place, ...(base === undefined ? {} : { before: base }) };
    noteShownChanges(context, current, [{ ...change, ...(theirs === undefined ? {} : { after: theirs }) }]);
    return {
      path: seenPath(place, viewer),
      ...seenValue('base', place, base, viewer),
      ...seenValue('yours', place, yours, viewer),
      ...seenValue('theirs', place, theirs, viewer),
    };
  });
};
