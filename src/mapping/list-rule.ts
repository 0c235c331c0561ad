import { deepEqual, isObject, type Json, type JsonObject } from '../schema/json.ts';
import { CodecFault } from './codec.ts';
import {
  type Compiled,
  type ItemRules,
  isRefused,
  noting,
  pointerOf,
  type Reading,
  type Scope,
} from './compiled.ts';
import { setAt } from './draft.ts';
import { interleaved } from './interleaved.ts';
import { itemRules } from './item-rules.ts';
import { keyOf, matchItems } from './match-items.ts';
import { isNothing, type Path, parsePath, putAt, valueAt } from './path.ts';
import type { ListRule, Rule } from './rule.ts';
import { readOne, theOne } from './single-item.ts';
import { itemSchema, wireMember } from './wire-member.ts';

/** Makes the rules of one level ready; handed in, since lists hold rules and rules are lists. */
type CompileRules = (rules: readonly Rule[], scope: Scope) => Compiled[];

/** Makes a list ready, an array or the one object that stands for it. */
export const compileList = (rule: ListRule, scope: Scope, compileRules: CompileRules): Compiled => {
  const wire = parsePath(rule.wire);
  const canonical = parsePath(rule.canonical);
  const { schema, readOnly } = wireMember(scope, wire);
  const inner = rule.single ? schema : itemSchema(schema);
  if (!inner) throw new Error(`${scope.contract}: ${rule.wire} is not a list in the wire schema`);
  const place = `${scope.list}${rule.wire}`;
  const rules = compileRules(rule.rules, { ...scope, schema: inner, readOnly, list: `${place}.` });
  const items = itemRules(rule, rules, scope.contract);
  const compiled: Compiled = {
    places: items.places,
    lists: rule.single ? items.lists : [{ wire: rule.wire, key: items.key }, ...items.lists],
    write(record, document, links) {
      const list = valueAt(record, canonical);
      const value = !isNothing(list) && !Array.isArray(list) ? list : written(items, list, rule, links);
      if (!isNothing(value)) putAt(document, wire, value);
      else if (scope.absent === 'null') putAt(document, wire, null);
    },
    pointerOf: (segments, record) => items.pointerOf(segments, record, wire, canonical),
    rows: (sides) => items.rows(sides, wire, canonical),
  };
  if (readOnly) return compiled;
  compiled.read = (reading) => {
    const value = valueAt(reading.document, wire);
    const before = valueAt(reading.before, wire);
    if (isEmpty(value) ? isEmpty(before) : deepEqual(value, before)) return;
    if (reading.faults.length > 0 && isRefused(reading.faults, reading.at + pointerOf(wire))) return;
    noting(reading, wire, () => {
      const list = listToChange(reading, canonical, before);
      const next = rule.single
        ? readOne(list, items, innerReading(reading, wire, value, before))
        : readAll(list, items, reading, wire, arrayOf(value), arrayOf(before));
      if (next === list) return;
      const gone = next.length === 0 && (rule.single || isNothing(value));
      const none = value === null && !rule.single ? null : undefined;
      setAt(reading.draft, canonical, gone ? none : next);
    });
  };
  return compiled;
};

const written = (
  items: ItemRules,
  list: Json[] | null | undefined,
  rule: ListRule,
  links: Reading['links'],
): Json | undefined => {
  if (isNothing(list)) return undefined;
  const visible = list.filter(items.sees);
  if (!rule.single) return visible.map((item) => items.write(item, links));
  const one = theOne(visible);
  const said = one && items.write(one, links);
  // Of an item of which the contract can say nothing there is nothing to show.
  return said && Object.keys(said).length > 0 ? said : undefined;
};

/** A list that a mask stands for cannot be changed, since what is behind it would be lost. */
const listToChange = (reading: Reading, canonical: Path, before: Json | undefined): Json[] => {
  const list = valueAt(reading.draft.root, canonical);
  if (isNothing(list)) return [];
  if (!Array.isArray(list) || typeof before === 'string')
    throw new CodecFault('masked', 'stands for a list that is not shown');
  return list;
};

const readAll = (
  list: Json[],
  items: ItemRules,
  reading: Reading,
  wire: Path,
  now: Json[],
  before: Json[],
): Json[] => {
  const visible = list.filter(items.sees);
  const matches = matchItems(now, before, items.key);
  const seen = new Set<Json>();
  const read: { from: JsonObject | undefined; item: JsonObject }[] = [];
  for (const [index, wireItem] of now.entries()) {
    if (!isObject(wireItem)) continue;
    const at = `${reading.at}${pointerOf(wire)}/${index}`;
    const name = items.key && keyOf(wireItem, items.key);
    if (name !== undefined && seen.has(name)) {
      const pointer = at + pointerOf(items.key as Path);
      reading.faults.push({ pointer, rule: 'unique', detail: 'names another item of the list', wire: true });
      continue;
    }
    if (name !== undefined) seen.add(name);
    const match = matches[index];
    const from = match === undefined ? undefined : visible[match];
    const was = match === undefined ? undefined : before[match];
    const inner = { ...reading, document: wireItem, before: isObject(was) ? was : {}, at };
    read.push({ from, item: items.read(from, inner) });
  }
  return interleaved(list, items.sees, read);
};

const innerReading = (
  reading: Reading,
  wire: Path,
  value: Json | undefined,
  before: Json | undefined,
): Reading => ({
  ...reading,
  document: isObject(value) ? value : {},
  before: isObject(before) ? before : {},
  at: reading.at + pointerOf(wire),
});

const arrayOf = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);

/** An absent list, null and an empty list say the same. */
const isEmpty = (value: Json | undefined): boolean =>
  isNothing(value) || (Array.isArray(value) && value.length === 0);
