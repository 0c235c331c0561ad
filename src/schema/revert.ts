import { applyChanges } from './apply-changes.ts';
import { type Change, invert } from './change.ts';
import { deepEqual, type JsonObject } from './json.ts';
import { parsePointer } from './pointer.ts';
import { lookUp } from './value-at.ts';

/**
 * Undoes `changes` on a document that may have changed since: all of them when every path still holds what its
 * change left there, else nothing, with the paths that do not. What was changed elsewhere is kept.
 */
export function revert(
  current: JsonObject,
  changes: readonly Change[],
): { next: JsonObject } | { conflicts: string[] } {
  const moved = changes.filter(({ path, after }) => {
    const place = lookUp(current, parsePointer(path));
    return !place || !deepEqual(place.value, after);
  });
  if (moved.length > 0) return { conflicts: moved.map(({ path }) => path) };
  return { next: applyChanges(current, invert(changes)) };
}
