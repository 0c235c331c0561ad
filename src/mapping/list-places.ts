import { isObject, type Json, type JsonObject, member } from '../schema/json.ts';
import { segmentId } from '../schema/keyed-list.ts';
import { type Compiled, pointerOf, type Row, type Sides } from './compiled.ts';
import { type Path, valueAt } from './path.ts';
import type { ListRule } from './rule.ts';
import { theOne } from './single-item.ts';

interface List {
  rule: ListRule;
  rules: readonly Compiled[];
  sees(item: Json): item is JsonObject;
  wire: Path;
  canonical: Path;
}

/**
 * The wire pointer of a member of the list's items, which the segments name by place or by `id=…`. Without a record the
 * first rule that can say the member answers; with one, the rule that sees the item, or for the list as a whole any item.
 */
export const listPointer = (
  { rule, rules, sees, wire, canonical }: List,
  segments: Path,
  record: JsonObject | undefined,
): string | undefined => {
  if (canonical.some((name, index) => segments[index] !== name)) return undefined;
  const at = pointerOf(wire);
  const [segment, ...rest] = segments.slice(canonical.length);
  const items = record && listAt(record, canonical);
  const visible = items?.filter(sees) ?? [];
  if (segment === undefined) return items && visible.length === 0 ? undefined : at;
  const item = items?.find((one, index) => isNamed(one, index, segment));
  if (item === undefined ? rule.single && items : !sees(item)) return undefined;
  // The one object stands for all items that the rule sees, but shows the members of one alone.
  if (rule.single && item !== undefined && theOne(visible) !== item) return at;
  const index = item === undefined ? Number(segment) : visible.indexOf(item as JsonObject);
  if (!rule.single && !Number.isInteger(index)) return at;
  const wireItem = rule.single ? at : `${at}/${index}`;
  if (rest.length === 0) return wireItem;
  const inner = isObject(item) ? item : undefined;
  for (const one of rules) {
    const pointer = one.pointerOf(rest, inner);
    if (pointer !== undefined) return wireItem + pointer;
  }
  return undefined;
};

const listAt = (record: JsonObject, canonical: Path): Json[] => {
  const list = valueAt(record, canonical);
  return Array.isArray(list) ? list : [];
};

const isNamed = (item: Json, index: number, segment: string): boolean => {
  const id = segmentId(segment);
  return id === undefined ? String(index) === segment : isObject(item) && member(item, 'id') === id;
};

/** What the rules make of every item that stands on both sides. */
export const listRows = ({ rule, rules, sees, wire, canonical }: List, sides: Sides): Row[] => {
  const list = listAt(sides.record, canonical);
  const visible = list.filter(sees);
  const value = valueAt(sides.document, wire);
  const one = theOne(visible);
  const [items, wireItems] = rule.single
    ? [one ? [one] : [], [value]]
    : [visible, Array.isArray(value) ? value : []];
  return items.flatMap((item, index) => {
    const wireItem = wireItems[index];
    if (!isObject(wireItem)) return [];
    const at = sides.at + pointerOf(wire) + (rule.single ? '' : `/${index}`);
    const canonicalAt = `${sides.canonicalAt}${pointerOf(canonical)}/${list.indexOf(item)}`;
    return rules.flatMap((inner) => inner.rows({ document: wireItem, record: item, at, canonicalAt }));
  });
};
