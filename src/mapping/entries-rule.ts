import { deepEqual, isObject, type Json, type JsonObject, member, setMember } from '../schema/json.ts';
import { CodecFault } from './codec.ts';
import { type Compiled, isTouched, noting, pointerOf, type Scope } from './compiled.ts';
import { setAt } from './draft.ts';
import { isNothing, parsePath, putAt, valueAt } from './path.ts';
import type { EntriesRule } from './rule.ts';
import { wireMember } from './wire-member.ts';

/** Makes a map that the wire says as an array of names and values ready. */
export const compileEntries = (rule: EntriesRule, scope: Scope): Compiled => {
  const wire = parsePath(rule.wire);
  const canonical = parsePath(rule.canonical);
  const { readOnly } = wireMember(scope, wire);
  const pointer = pointerOf(wire);
  const compiled: Compiled = {
    places: [{ wire: rule.wire, canonical: rule.canonical, kind: 'entries', readOnly }],
    write(record, document) {
      const map = valueAt(record, canonical);
      // What is no map is a mask, and shown as it is.
      if (!isNothing(map)) putAt(document, wire, isObject(map) ? arrayOf(map, rule) : map);
      else if (scope.absent === 'null') putAt(document, wire, null);
    },
    pointerOf: (segments) =>
      canonical.every((name, index) => segments[index] === name) ? pointer : undefined,
    rows({ document, record, at, canonicalAt }) {
      const [wireValue, canonicalValue] = [valueAt(document, wire), valueAt(record, canonical)];
      if (wireValue === undefined || canonicalValue === undefined) return [];
      return [
        { wire: at + pointer, wireValue, canonical: canonicalAt + pointerOf(canonical), canonicalValue },
      ];
    },
  };
  if (readOnly) return compiled;
  compiled.read = (reading) => {
    const value = valueAt(reading.document, wire);
    const before = valueAt(reading.before, wire);
    if (isNothing(value) ? isNothing(before) : deepEqual(value, before)) return;
    if (reading.faults.length > 0 && isTouched(reading.faults, reading.at + pointer)) return;
    noting(reading, wire, () => {
      setAt(reading.draft, canonical, Array.isArray(value) ? mapOf(value, rule) : value);
    });
  };
  return compiled;
};

const arrayOf = (map: JsonObject, { key, value }: EntriesRule): Json[] =>
  Object.keys(map).map((name) => ({ [key]: name, [value]: map[name] as Json }));

/** The map of an array's names and values; a name without a value is left out. */
const mapOf = (array: Json[], rule: EntriesRule): JsonObject => {
  const map: JsonObject = {};
  const seen = new Set<string>();
  for (const [index, entry] of array.entries()) {
    const place = `${rule.wire}.${index}.${rule.key}`;
    const name = isObject(entry) ? member(entry, rule.key) : undefined;
    if (typeof name !== 'string') throw new CodecFault('required', 'is required', place);
    if (seen.has(name)) throw new CodecFault('unique', 'names another entry of the list', place);
    seen.add(name);
    const value = isObject(entry) ? member(entry, rule.value) : undefined;
    if (!isNothing(value)) setMember(map, name, value);
  }
  return map;
};
