import { Refusal } from '../errors.ts';
import type { Conflict } from '../schema/diff.ts';
import { type Context, personalRights } from './context.ts';
import type { Customer } from './customer.ts';
import { seenPath, seenValue } from './seen-change.ts';

/**
 * The refusal of a stale change that can't be merged: base, yours and theirs for each place, as the caller sees them.
 * The two changes of a conflict may lie at different depths, so each value is masked by its own change's path.
 */
export const mergeConflict = (context: Context, current: Customer, clashes: Conflict[]): Refusal => {
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
