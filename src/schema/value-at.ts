import { isObject, type Json, type JsonObject, member } from './json.ts';
import { itemIds, segmentId } from './keyed-list.ts';
import { parsePointer } from './pointer.ts';

/** The value at a change's path; undefined where there is none. */
export function valueAt(document: JsonObject, path: string): Json | undefined {
  return lookUp(document, parsePointer(path))?.value;
}

/** The value at a place (undefined when absent), or undefined when the place itself is gone. */
export function lookUp(document: JsonObject, segments: string[]): { value: Json | undefined } | undefined {
  let value: Json | undefined = document;
  for (const segment of segments) {
    const id: string | undefined = value === document ? undefined : segmentId(segment);
    const ids: string[] | undefined = Array.isArray(value) ? itemIds(value) : undefined;
    if (id !== undefined && ids) value = (value as Json[])[ids.indexOf(id)];
    else if (id === undefined && isObject(value)) value = member(value, segment);
    else return undefined;
  }
  return { value };
}
