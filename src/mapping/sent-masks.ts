import { isObject, type Json, type JsonObject, member, setMember } from '../schema/json.ts';
import { matchItems } from './match-items.ts';
import type { Path } from './path.ts';

/** What masks look like, and where they may stand. */
export interface Masks {
  /** The text that stands for a value which is not shown. */
  text: string;
  /** The dotted paths, without the places of items, at which a document may have a mask. */
  places: ReadonlySet<string>;
  /** What names the items of the list at a dotted path, if anything does. */
  keyOf(path: string): Path | undefined;
}

/**
 * A document that was sent, in which a mask says what the document `shown` says at its place: so it never becomes the value,
 * whatever the caller sees by now. Where `shown` says nothing, the member is left out. The same document, and the same parts
 * of it, where there is no mask.
 */
export const withoutMasks = (document: JsonObject, shown: JsonObject, masks: Masks): JsonObject =>
  inObject(document, shown, '', masks);

const inObject = (object: JsonObject, shown: JsonObject, at: string, masks: Masks): JsonObject => {
  let result: JsonObject | undefined;
  for (const name of Object.keys(object)) {
    const value = object[name] as Json;
    const before = member(shown, name);
    // What is the very same was not sent.
    if (value === before) continue;
    const said = inValue(value, before, at === '' ? name : `${at}.${name}`, masks);
    if (said === value) continue;
    result ??= { ...object };
    if (said === undefined) delete result[name];
    else setMember(result, name, said);
  }
  return result ?? object;
};

const inValue = (value: Json, shown: Json | undefined, at: string, masks: Masks): Json | undefined => {
  if (value === masks.text) return masks.places.has(at) ? shown : value;
  if (isObject(value)) return inObject(value, isObject(shown) ? shown : {}, at, masks);
  return Array.isArray(value) && value.some(isObject)
    ? inItems(value, Array.isArray(shown) ? shown : [], at, masks)
    : value;
};

const inItems = (items: Json[], shown: Json[], at: string, masks: Masks): Json[] => {
  const matches = matchItems(items, shown, masks.keyOf(at));
  const said = items.map((item, index) => {
    const twin = shown[matches[index] ?? -1];
    return isObject(item) ? inObject(item, isObject(twin) ? twin : {}, at, masks) : item;
  });
  return said.some((item, index) => item !== items[index]) ? said : items;
};
