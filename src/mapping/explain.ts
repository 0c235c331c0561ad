import { isObject, type Json, type JsonObject } from '../schema/json.ts';
import { escapeSegment } from '../schema/pointer.ts';
import type { Compiled, Row } from './compiled.ts';

/** Every step between a document and a record that say the same, in the order of the rules. */
export const explained = (rules: readonly Compiled[], document: JsonObject, record: JsonObject): Row[] =>
  rules.flatMap((rule) => rule.rows({ document, record, at: '', canonicalAt: '' }));

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
