import { type Change, change } from './change.ts';
import { deepEqual, isObject, type Json, type JsonObject, member } from './json.ts';
import { comparableItems, type Items, itemSegment, segmentId } from './keyed-list.ts';
import { escapeSegment } from './pointer.ts';

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
