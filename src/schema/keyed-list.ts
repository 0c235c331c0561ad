import { isObject, type Json, type JsonObject, member } from './json.ts';

/**
 * The ids of a keyed list, in its order: every item is an object with a string `id` that no other item has.
 * Undefined for any other list. An empty list is keyed.
 */
export function itemIds(list: Json[]): string[] | undefined {
  const ids = new Set<string>();
  for (const item of list) {
    const id = isObject(item) ? member(item, 'id') : undefined;
    if (typeof id !== 'string' || ids.has(id)) return undefined;
    ids.add(id);
  }
  return [...ids];
}

/** The two lists as items by id (in order), when both are keyed and their common items stand in the same order. */
export function comparableItems(before: Json[], after: Json[]): [Items, Items] | undefined {
  const beforeIds = itemIds(before);
  const afterIds = beforeIds && itemIds(after);
  if (!beforeIds || !afterIds) return undefined;
  const left = itemsById(beforeIds, before);
  const right = itemsById(afterIds, after);
  const common = afterIds.filter((id) => left.has(id));
  let next = 0;
  for (const id of beforeIds) {
    if (right.has(id) && id !== common[next++]) return undefined;
  }
  return [left, right];
}

/** The items of a keyed list with their places. */
export type Items = Map<string, { item: JsonObject; index: number }>;

function itemsById(ids: string[], list: Json[]): Items {
  return new Map(ids.map((id, index) => [id, { item: list[index] as JsonObject, index }]));
}

/** The path segment that names an item of a keyed list. */
export function itemSegment(id: string): string {
  return `id=${id}`;
}

/** The id that a path segment names, or undefined when the segment is not an item's. */
export function segmentId(segment: string): string | undefined {
  return segment.startsWith('id=') ? segment.slice(3) : undefined;
}
