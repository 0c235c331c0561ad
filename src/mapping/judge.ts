import type { TSchema } from 'typebox';
import type { Fault } from '../errors.ts';
import { deepEqual, isObject, type Json, type JsonObject, member } from '../schema/json.ts';
import { parsePointer } from '../schema/pointer.ts';
import { validator } from '../schema/validate.ts';
import type { WireList } from './compiled.ts';
import { matchItems } from './match-items.ts';
import type { Path } from './path.ts';

/** The faults of a wire document that is read over what the record said before. */
type Judge = (document: JsonObject, before: JsonObject | undefined) => Fault[];

/**
 * Judges documents by a wire schema. What a document says as before is not judged: a mask, or a value of another
 * contract that is longer than this one allows, may always come back.
 */
export const judge = (wire: TSchema, lists: readonly WireList[]): Judge => {
  const validate = validator(wire, mostJudged);
  const keys = new Map(lists.map((list) => [list.wire, list.key]));
  return (document, before) => {
    const faults = validate(document);
    // The caller adds its own, and the validator's empty list is everybody's.
    if (faults.length === 0) return [];
    const match = matcher(keys);
    const isNew = (fault: Fault) => before === undefined || !isAsBefore(fault, document, before, match);
    return faults.filter(isNew).map((fault) => ({ ...fault, wire: true as const }));
  };
};

/** Far more than are told, since those that were there before are dropped. */
const mostJudged = 1000;

const isAsBefore = (fault: Fault, document: JsonObject, before: JsonObject, match: Match): boolean => {
  let [now, was]: [Json | undefined, Json | undefined] = [document, before];
  let path = '';
  for (const segment of parsePointer(fault.pointer)) {
    if (was === undefined) return false;
    if (Array.isArray(now)) {
      const index = Number(segment);
      const twin: number | undefined = Array.isArray(was) ? match(path, now, was)[index] : undefined;
      [now, was] = [now[index], twin === undefined ? undefined : (was as Json[])[twin]];
    } else {
      path = path === '' ? segment : `${path}.${segment}`;
      [now, was] = [memberOf(now, segment), memberOf(was, segment)];
    }
  }
  return fault.rule === 'required' ? now === was : was !== undefined && deepEqual(now, was);
};

type Match = (path: string, now: Json[], before: Json[]) => (number | undefined)[];

/** Matches the items of each list of a document once, however many faults it has. */
const matcher = (keys: ReadonlyMap<string, Path | undefined>): Match => {
  const known = new Map<Json[], (number | undefined)[]>();
  return (path, now, before) => {
    const matches = known.get(now) ?? matchItems(now, before, keys.get(path));
    known.set(now, matches);
    return matches;
  };
};

const memberOf = (value: Json | undefined, name: string): Json | undefined =>
  isObject(value) ? member(value, name) : undefined;
