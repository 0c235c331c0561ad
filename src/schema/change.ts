import type { Json } from './json.ts';

/**
 * One change of a document. `path` is a JSON pointer (RFC 6901) whose segment `id=<id>` names an item of a keyed
 * list, e.g. `/contacts/id=0190ab/email`. An absent `before` or `after` says that the member was or is absent;
 * null is a value. An added item has `at`, its index in the list after; a removed one `was`, its index before.
 */
export interface Change {
  path: string;
  before?: Json;
  after?: Json;
  at?: number;
  was?: number;
}

/** A change of its parts; what is undefined is left out. */
export function change(path: string, before?: Json, after?: Json, at?: number, was?: number): Change {
  return {
    path,
    ...(before === undefined ? undefined : { before }),
    ...(after === undefined ? undefined : { after }),
    ...(at === undefined ? undefined : { at }),
    ...(was === undefined ? undefined : { was }),
  };
}

/** The changes that undo `changes`, on a document they led to. */
export function invert(changes: readonly Change[]): Change[] {
  return changes.map(({ path, before, after, at, was }) => change(path, after, before, was, at));
}

/** Whether `path` names `ancestorPath` itself or something inside it. */
export function touches(path: string, ancestorPath: string): boolean {
  return (
    path.startsWith(ancestorPath) &&
    (path.length === ancestorPath.length || path[ancestorPath.length] === '/')
  );
}
