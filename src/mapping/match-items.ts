import { deepEqual, isObject, type Json } from '../schema/json.ts';
import { isNothing, type Path, valueAt } from './path.ts';

/**
 * For each item of a wire list the place that it had before, undefined for a new one. Items are matched by their key
 * where the list has one. Where it has none, equal items belong together, at the same place first, and what is left
 * over belongs to the item at the same place: so an item that is taken out of the middle changes no other.
 */
export const matchItems = (now: Json[], before: Json[], key: Path | undefined): (number | undefined)[] =>
  key ? byKey(now, before, key) : byPlace(now, before);

/** What names an item of a keyed wire list; undefined for an item that has no name yet. */
export const keyOf = (item: Json | undefined, key: Path): Json | undefined => {
  const value = isObject(item) ? valueAt(item, key) : undefined;
  return isNothing(value) ? undefined : value;
};

const byKey = (now: Json[], before: Json[], key: Path): (number | undefined)[] => {
  const places = new Map<Json, number>();
  const nameless: number[] = [];
  for (const [place, item] of before.entries()) {
    const name = keyOf(item, key);
    if (name === undefined) nameless.push(place);
    else places.set(name, place);
  }
  const unnamed = now.filter((item) => keyOf(item, key) === undefined);
  const byRest = byPlace(
    unnamed,
    nameless.map((place) => before[place] as Json),
  );
  let next = 0;
  return now.map((item) => {
    const name = keyOf(item, key);
    if (name !== undefined) return places.get(name);
    const rest = byRest[next++];
    return rest === undefined ? undefined : nameless[rest];
  });
};

const byPlace = (now: Json[], before: Json[]): (number | undefined)[] => {
  const claimed = new Set<number>();
  const result: (number | undefined)[] = now.map(() => undefined);
  const claim = (index: number, place: number) => {
    if (place < 0 || result[index] !== undefined || claimed.has(place)) return;
    claimed.add(place);
    result[index] = place;
  };
  now.forEach((item, index) => {
    claim(index, deepEqual(item, before[index]) ? index : -1);
  });
  now.forEach((item, index) => {
    if (result[index] === undefined)
      claim(
        index,
        before.findIndex((one, place) => !claimed.has(place) && deepEqual(item, one)),
      );
  });
  now.forEach((_item, index) => {
    claim(index, index < before.length ? index : -1);
  });
  return result;
};
