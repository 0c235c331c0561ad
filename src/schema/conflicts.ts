import type { Change } from './change.ts';
import { deepEqual } from './json.ts';

/** Two changes that cannot both be kept; `path` is the one of the two paths that holds the other. */
export interface Conflict {
  path: string;
  mine: Change;
  theirs: Change;
}

/**
 * The conflicts of two lists of changes that start from the same document: the path of one is, or holds, the
 * path of the other, and they do not lead to the same value. When there are none, `applyChanges` of `mine` on
 * the document that `theirs` led to keeps every change of both.
 */
export function conflicts(mine: readonly Change[], theirs: readonly Change[]): Conflict[] {
  const found: Conflict[] = [];
  const theirsByPath = new Map(theirs.map((change) => [change.path, change]));
  for (const change of mine) {
    for (const path of lineOf(change.path)) {
      const other = theirsByPath.get(path);
      if (!other || (path === change.path && deepEqual(change.after, other.after))) continue;
      found.push({ path, mine: change, theirs: other });
    }
  }
  const mineByPath = new Map(mine.map((change) => [change.path, change]));
  for (const change of theirs) {
    for (const path of lineOf(change.path)) {
      const other = path === change.path ? undefined : mineByPath.get(path);
      if (other) found.push({ path, mine: other, theirs: change });
    }
  }
  return found;
}

/** The path itself and every path that holds it, but for the whole document. */
function lineOf(path: string): string[] {
  const line: string[] = [];
  for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) line.push(path.slice(0, end));
  return line;
}
