import type { TSchema } from 'typebox';
import { isObject, type Json, type JsonObject, setMember } from '../schema/json.ts';
import { oncePer } from '../schema/once-per.ts';
import { isReadOnly, itemSchema, wireMembers } from './wire-member.ts';

/**
 * A body without the members that a contract does not know or sets itself, and their names: dotted paths without the
 * places of items, each once. The same body when it has none. What is not of the schema's type stays, to be judged.
 */
export const ignoredMembers = (wire: TSchema, body: JsonObject): { names: string[]; body: JsonObject } => {
  const names = new Set<string>();
  return { body: bodyStripper(wire)(body, '', names) as JsonObject, names: [...names] };
};

const bodyStripper = oncePer((wire: TSchema) => stripper(wire, (_path, readOnly) => readOnly));

/** A value without ignored members, whose names it notes; the same value when it has none. */
type Strip = (value: Json, at: string, names: Set<string>) => Json;

/** Tells which members of a schema are ignored, by dotted path and by whether the schema marks them readOnly. */
type IsIgnored = (path: string, readOnly: boolean) => boolean;

/** Makes the function for a schema once. */
export const stripper = (schema: TSchema, isIgnored: IsIgnored, path = ''): Strip => {
  const item = itemSchema(schema);
  if (item) return stripItems(stripper(item, isIgnored, path));
  const members = wireMembers(schema);
  if (!members) return (value) => value;
  const known = new Map<string, Strip>();
  for (const [name, member] of Object.entries(members)) {
    const inner = `${path}${name}`;
    if (isIgnored(inner, isReadOnly(member))) continue;
    known.set(name, stripper(member, isIgnored, `${inner}.`));
  }
  return (value, at, names) => (isObject(value) ? stripMembers(known, value, at, names) : value);
};

const stripItems =
  (strip: Strip): Strip =>
  (value, at, names) => {
    if (!Array.isArray(value)) return value;
    const items = value.map((item) => strip(item, at, names));
    return items.some((item, index) => item !== value[index]) ? items : value;
  };

const stripMembers = (
  known: ReadonlyMap<string, Strip>,
  object: JsonObject,
  at: string,
  names: Set<string>,
): JsonObject => {
  const result: JsonObject = {};
  let same = true;
  for (const name of Object.keys(object)) {
    const value = object[name] as Json;
    const strip = known.get(name);
    if (strip) {
      const isInner = typeof value === 'object' && value !== null;
      const stripped = isInner ? strip(value, `${at}${name}.`, names) : value;
      same &&= stripped === value;
      setMember(result, name, stripped);
    } else {
      names.add(at + name);
      same = false;
    }
  }
  return same ? object : result;
};
