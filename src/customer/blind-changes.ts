import { maskText } from '../privacy/mask.ts';
import { type Sight, secretSightOf, sightOf } from '../privacy/sight.ts';
import { type Change, touches } from '../schema/change.ts';
import type { Conflict } from '../schema/conflicts.ts';
import { isObject, type Json, type JsonObject } from '../schema/json.ts';
import type { Shape } from '../schema/shape.ts';
import { valueAt } from '../schema/value-at.ts';
import { type Context, personalRights } from './context.ts';
import type { Customer } from './customer.ts';
import { declaredPath, shapeOfChange } from './history-entry.ts';

/**
 * The changes among these that write at places of a customer which the caller does not see. They count as changes
 * whatever stands there: else a value could be guessed, since the right one alone would change nothing. A mask that came
 * back writes nothing.
 */
export const blindAmong = (context: Context, customer: Customer, changes: readonly Change[]): Change[] => {
  const rights = personalRights(context.principal);
  const { protectionLevel } = customer.data;
  const sights = {
    personal: sightOf(protectionLevel, rights),
    secret: secretSightOf(protectionLevel, rights),
  };
  if (sights.personal === 'show' && sights.secret === 'show') return [];
  const blind = changes.filter(({ path, before, after }) => {
    const shape = shapeOfChange(path);
    return after !== maskText && [before, after].some((value) => holdsUnseen(shape, value, sights));
  });
  // What is inside a member that is hidden as a whole is no place of its own.
  const places = blind.map((change) => ({ ...change, path: declaredPath(change.path) }));
  return [...new Map(places.map((change) => [change.path, change])).values()];
};

/**
 * The changes of a record, and of the blind ones those that left it as it was, with the same value before and after. The
 * order tells nothing of which is which.
 */
export const withBlind = (changes: Change[], blind: readonly Change[], data: JsonObject): Change[] => {
  if (blind.length === 0) return changes;
  const without = blind.filter((one) => !changes.some((change) => areInLine(change, one)));
  const equal = without.map(({ path }): Change => {
    const value = valueAt(data, path);
    return value === undefined ? { path } : { path, before: value, after: value };
  });
  return [...changes, ...equal].sort((one, other) => (one.path < other.path ? -1 : 1));
};

/** Conflicts of blind changes with later ones: whatever was written since at the same place, the same value too. */
export const blindConflicts = (blind: readonly Change[], since: readonly Change[]): Conflict[] =>
  blind.flatMap((mine) => {
    const theirs = since.find((change) => areInLine(change, mine));
    if (!theirs) return [];
    return { path: touches(mine.path, theirs.path) ? theirs.path : mine.path, mine, theirs };
  });

/** Whether one of two changes lies at the place of the other, or inside it. */
export const areInLine = (one: Change, other: Change): boolean =>
  touches(one.path, other.path) || touches(other.path, one.path);

const holdsUnseen = (
  shape: Shape | undefined,
  value: Json | undefined,
  sights: { personal: Sight; secret: Sight },
): boolean => {
  if (!shape || value === undefined) return false;
  const { personal, secret } = shape.marks;
  if (secret || personal) return sights[secret ? 'secret' : 'personal'] !== 'show';
  if (shape.kind === 'list') {
    return Array.isArray(value) && value.some((item) => holdsUnseen(shape.item, item, sights));
  }
  if (shape.kind === 'leaf' || !isObject(value)) return false;
  return Object.entries(value).some(([name, inner]) => holdsUnseen(shape.members.get(name), inner, sights));
};
