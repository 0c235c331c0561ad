import type { Json, JsonObject } from '../schema/json.ts';

/**
 * A list with the items that a contract sees replaced by those that it says now, in its order; the others keep their
 * place between them. `from` is the item of the list that an item was, undefined for a new one.
 */
export const interleaved = (
  list: Json[],
  sees: (item: Json) => item is JsonObject,
  said: { from: JsonObject | undefined; item: JsonObject }[],
): Json[] => {
  const places = new Map(said.map(({ from }, index) => [from, index]));
  const result: Json[] = [];
  let next = 0;
  for (const item of list) {
    if (!sees(item)) {
      result.push(item);
      continue;
    }
    const place = places.get(item) ?? -1;
    // New items stand before the one that they were said before.
    while (next <= place) result.push((said[next++] as { item: JsonObject }).item);
  }
  while (next < said.length) result.push((said[next++] as { item: JsonObject }).item);
  return result;
};
