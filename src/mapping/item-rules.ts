import { isObject, type Json, type JsonObject } from '../schema/json.ts';
import type { Compiled, ItemRules } from './compiled.ts';
import { draftOf } from './draft.ts';
import { listPointer, listRows } from './list-places.ts';
import { parsePath } from './path.ts';
import type { ListRule } from './rule.ts';

/** Puts the rules of a list's items together. */
export const itemRules = (rule: ListRule, rules: readonly Compiled[], contract: string): ItemRules => {
  const only = rule.only ?? (() => true);
  const defaults = rule.defaults ?? {};
  if (!only(defaults)) throw new Error(`${contract}: ${rule.wire} would not see its own new items`);
  const places = rules.flatMap((one) => one.places);
  if (places.some((place) => place.kind === 'own'))
    throw new Error(`${contract}: ${rule.wire} cannot keep members of its own`);
  const key = rule.single ? undefined : places.find((place) => place.canonical === 'id');
  // What the contract only shows it can't take away, so it would keep an item of which all else is gone.
  const shownOnly = places.flatMap(({ readOnly, canonical }) => (readOnly && canonical ? [canonical] : []));
  const readers = rules.flatMap((one) => (one.read ? [one.read] : []));
  const sees = (item: Json): item is JsonObject => isObject(item) && only(item);
  return {
    key: key && parsePath(key.wire),
    bareNames: new Set(['id', 'primary', ...Object.keys(defaults), ...shownOnly]),
    places: places.map((place) => ({
      ...place,
      wire: `${rule.wire}.${place.wire}`,
      canonical: place.canonical === undefined ? undefined : `${rule.canonical}.${place.canonical}`,
    })),
    lists: rules.flatMap((one) =>
      (one.lists ?? []).map((inner) => ({ ...inner, wire: `${rule.wire}.${inner.wire}` })),
    ),
    sees,
    write(item, links) {
      const wireItem: JsonObject = {};
      for (const one of rules) one.write(item, wireItem, links);
      return wireItem;
    },
    read(item, reading) {
      const draft = draftOf(item ?? defaults, reading.draft.made);
      const inner = { ...reading, draft };
      for (const read of readers) read(inner);
      // What a contract wrote it goes on seeing, even when it took away what it is seen by.
      return only(draft.root) ? draft.root : { ...draft.root, ...defaults };
    },
    pointerOf: (segments, record, wire, canonical) =>
      listPointer({ rule, rules, sees, wire, canonical }, segments, record),
    rows: (sides, wire, canonical) => listRows({ rule, rules, sees, wire, canonical }, sides),
  };
};
