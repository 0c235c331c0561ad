import type { Fault } from '../errors.ts';
import { isObject, type Json, type JsonObject, member } from '../schema/json.ts';
import { escapeSegment, parsePointer } from '../schema/pointer.ts';
import type { Compiled, Row } from './compiled.ts';

/** Every step between a document and a record that say the same, in the order of the rules. */
export const explained = (rules: readonly Compiled[], document: JsonObject, record: JsonObject): Row[] =>
  rules.flatMap((rule) => rule.rows({ document, record, at: '', canonicalAt: '' }));

/**
 * The steps with the faults that were found at them, then the values that no step speaks of, then the faults at places
 * of which nothing else tells. `known` is the document without what the contract ignores.
 */
export const withFaults = (
  steps: readonly Row[],
  document: JsonObject,
  known: JsonObject,
  faults: readonly Fault[],
): Row[] => {
  const details = new Map(faults.map(({ pointer, detail }) => [pointer, detail]));
  const unspoken = leftOver(document, new Set(steps.map(({ wire }) => wire)), (wire, wireValue) => ({
    wire,
    wireValue,
    note:
      valueIn(known, wire) === undefined
        ? 'ignored, says nothing of the record'
        : 'leaves no value in the record',
  }));
  const rows = [...steps, ...unspoken].map((row) => {
    const detail = row.wire === undefined ? undefined : details.get(row.wire);
    return detail === undefined ? row : { ...row, note: detail };
  });
  const told = new Set(rows.map(({ wire }) => wire));
  const untold = [...details].filter(([pointer]) => !told.has(pointer));
  return [...rows, ...untold.map(([pointer, note]) => ({ ...rowOf(document, pointer), note }))];
};

const rowOf = (document: JsonObject, wire: string): Row => {
  const wireValue = valueIn(document, wire);
  return wireValue === undefined ? { wire } : { wire, wireValue };
};

const valueIn = (document: JsonObject, pointer: string): Json | undefined =>
  parsePointer(pointer).reduce<Json | undefined>((value, name) => {
    if (Array.isArray(value)) return value[Number(name)];
    return isObject(value) ? member(value, name) : undefined;
  }, document);

/** The values of a document that no step speaks of, each with the note that says why. */
export const leftOver = (
  value: Json,
  spoken: ReadonlySet<string | undefined>,
  row: (pointer: string, value: Json) => Row,
  pointer = '',
): Row[] => {
  if (spoken.has(pointer)) return [];
  if (isObject(value) && (pointer === '' || Object.keys(value).length > 0)) {
    return Object.entries(value).flatMap(([name, inner]) =>
      leftOver(inner, spoken, row, `${pointer}/${escapeSegment(name)}`),
    );
  }
  if (Array.isArray(value) && value.some(isObject)) {
    return value.flatMap((item, index) => leftOver(item, spoken, row, `${pointer}/${index}`));
  }
  return [row(pointer, value)];
};
