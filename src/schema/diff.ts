import { deepEqual, isObject, type Json, type JsonObject, member, setMember } from './json.ts';
import { comparableItems, type Items, itemIds, itemSegment, segmentId } from './keyed-list.ts';
import { escapeSegment, parsePointer } from './pointer.ts';

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

/**
 * The changes that lead from `before` to `after`, without overlapping paths; empty when they are equal.
 * Objects are compared member by member (their order has no meaning), and so are keyed lists, item by item,
 * when the common items keep their order. Any other list is one value, and so is an object inside the document
 * with a member named `id=…`, which a path could not tell from an item. Identical references cost nothing.
 */
export function diff(before: JsonObject, after: JsonObject): Change[] {
  const changes: Change[] = [];
  diffObjects(before, after, '', changes);
  return changes;
}

/** The changes that undo `changes`, on a document they led to. */
export function invert(changes: readonly Change[]): Change[] {
  return changes.map(({ path, before, after, at, was }) => change(path, after, before, was, at));
}

/**
 * The document with the changes made; the order of `changes` has no meaning. Copies only what it changes.
 * `applyChanges(a, diff(a, b))` equals b, and with `invert` the other way round. On another document than the
 * one compared, an added item goes to its index or to the end, and one that is already there is replaced.
 * Throws an Error when a change lies inside something that the document does not have.
 */
export function applyChanges(document: JsonObject, changes: readonly Change[]): JsonObject {
  return applyToObject(document, childrenOf(changes));
}

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

/** The value at a change's path; undefined where there is none. */
export function valueAt(document: JsonObject, path: string): Json | undefined {
  return lookUp(document, parsePointer(path))?.value;
}

/** Whether `path` names `ancestorPath` itself or something inside it. */
export function touches(path: string, ancestorPath: string): boolean {
  return (
    path.startsWith(ancestorPath) &&
    (path.length === ancestorPath.length || path[ancestorPath.length] === '/')
  );
}

function diffObjects(before: JsonObject, after: JsonObject, path: string, out: Change[]): void {
  if (before === after) return;
  for (const name of Object.keys(before)) {
    const left = before[name];
    const right = member(after, name);
    if (left !== right) diffValues(left, right, `${path}/${escapeSegment(name)}`, out);
  }
  for (const name of Object.keys(after)) {
    if (!Object.hasOwn(before, name)) {
      out.push(change(`${path}/${escapeSegment(name)}`, undefined, after[name]));
    }
  }
}

function diffValues(before: Json | undefined, after: Json | undefined, path: string, out: Change[]): void {
  const areLists = Array.isArray(before) && Array.isArray(after);
  const items = areLists ? comparableItems(before, after) : undefined;
  if (items) diffItems(...items, path, out);
  else if (hasMembers(before) && hasMembers(after)) diffObjects(before, after, path, out);
  else if (!deepEqual(before, after)) out.push(change(path, before, after));
}

/** Whether the value is an object whose members can be named by a path. */
function hasMembers(value: Json | undefined): value is JsonObject {
  return isObject(value) && !Object.keys(value).some((name) => segmentId(name) !== undefined);
}

function diffItems(before: Items, after: Items, path: string, out: Change[]): void {
  const pathOf = (id: string) => `${path}/${escapeSegment(itemSegment(id))}`;
  for (const [id, { item, index }] of before) {
    const kept = after.get(id);
    if (kept && item !== kept.item) diffValues(item, kept.item, pathOf(id), out);
    else if (!kept) out.push(change(pathOf(id), item, undefined, undefined, index));
  }
  for (const [id, { item, index }] of after) {
    if (!before.has(id)) out.push(change(pathOf(id), undefined, item, index));
  }
}

function change(path: string, before?: Json, after?: Json, at?: number, was?: number): Change {
  return {
    path,
    ...(before === undefined ? undefined : { before }),
    ...(after === undefined ? undefined : { after }),
    ...(at === undefined ? undefined : { at }),
    ...(was === undefined ? undefined : { was }),
  };
}

/** The changes below one place, by the next segment of their path. */
type Children = Map<string, Step>;
interface Step {
  change?: Change;
  children?: Children;
}

function childrenOf(changes: readonly Change[]): Children {
  const root: Children = new Map();
  for (const change of changes) {
    let step: Step = { children: root };
    for (const segment of parsePointer(change.path)) {
      step.children ??= new Map();
      const next: Step = step.children.get(segment) ?? {};
      step.children.set(segment, next);
      step = next;
    }
    step.change = change;
  }
  return root;
}

function applyStep(value: Json | undefined, step: Step): Json | undefined {
  const next = step.change ? step.change.after : value;
  if (!step.children) return next;
  if (Array.isArray(next)) return applyToList(next, step.children);
  if (isObject(next)) return applyToObject(next, step.children);
  throw new Error('a change lies inside something that the document does not have');
}

function applyToObject(object: JsonObject, children: Children): JsonObject {
  let next: JsonObject | undefined;
  for (const [name, step] of children) {
    const old = member(object, name);
    const value = applyStep(old, step);
    if (value === old) continue;
    next ??= { ...object };
    if (value === undefined) delete next[name];
    else setMember(next, name, value);
  }
  return next ?? object;
}

/** Removes and changes items where they stand, then adds the new ones in the order of their indices. */
function applyToList(list: Json[], children: Children): Json[] {
  const waiting = new Map(children);
  const next: Json[] = [];
  for (const item of list) {
    const id = isObject(item) ? member(item, 'id') : undefined;
    const step = typeof id === 'string' ? waiting.get(itemSegment(id)) : undefined;
    if (step) waiting.delete(itemSegment(id as string));
    const value = step ? applyStep(item, step) : item;
    if (value !== undefined) next.push(value);
  }
  const added = [...waiting.values()].sort((a, b) => (a.change?.at ?? Infinity) - (b.change?.at ?? Infinity));
  for (const step of added) {
    const item = applyStep(undefined, step);
    if (item !== undefined) next.splice(step.change?.at ?? next.length, 0, item);
  }
  return next;
}

/** The value at a place (undefined when absent), or undefined when the place itself is gone. */
function lookUp(document: JsonObject, segments: string[]): { value: Json | undefined } | undefined {
  let value: Json | undefined = document;
  for (const segment of segments) {
    const id: string | undefined = value === document ? undefined : segmentId(segment);
    const ids: string[] | undefined = Array.isArray(value) ? itemIds(value) : undefined;
    if (id !== undefined && ids) value = (value as Json[])[ids.indexOf(id)];
    else if (id === undefined && isObject(value)) value = member(value, segment);
    else return undefined;
  }
  return { value };
}

/** The path itself and every path that holds it, but for the whole document. */
function lineOf(path: string): string[] {
  const line: string[] = [];
  for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) line.push(path.slice(0, end));
  return line;
}
