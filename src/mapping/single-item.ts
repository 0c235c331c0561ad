import type { Json, JsonObject } from '../schema/json.ts';
import type { ItemRules, Reading } from './compiled.ts';
import { isNothing } from './path.ts';

/** The item that the one object of the wire stands for: the primary one, else the first. */
export const theOne = (visible: JsonObject[]): JsonObject | undefined =>
  visible.find((item) => item['primary'] === true) ?? visible[0];

/**
 * The list with that item changed; made when the wire says something of it for the first time, removed when all that
 * was said of it is taken away, and then what would come forward in its place is cleared as well. Returns the same list
 * when nothing changed.
 */
export const readOne = (list: Json[], items: ItemRules, reading: Reading): Json[] => {
  const one = theOne(list.filter(items.sees));
  const read = items.read(one, reading);
  if (read === one) return list;
  const isBare = Object.keys(read).every((name) => items.bareNames.has(name) || isNothing(read[name]));
  if (!one) return isBare ? list : [...list, read];
  if (!isBare) return list.map((item) => (item === one ? read : item));
  return cleared(
    list.filter((item) => item !== one),
    items,
    reading,
  );
};

/** What was said to be nothing is shown as nothing then, and to say it again changes nothing. */
const cleared = (list: Json[], items: ItemRules, reading: Reading): Json[] => {
  const next = theOne(list.filter(items.sees));
  if (!next) return list;
  return readOne(list, items, { ...reading, document: {}, before: items.write(next, reading.links) });
};
