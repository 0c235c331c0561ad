import { isObject, type Json, type JsonObject, member, setMember } from '../schema/json.ts';

/** The member names on the way from a document, or from an item of a list, to a member. */
export type Path = readonly string[];

/** Reads a dotted path, as rules say them: `billing.email`. */
export const parsePath = (text: string): Path => text.split('.');

/** The value at a path; undefined where something on the way is missing, null where it is null. */
export const valueAt = (object: JsonObject, path: Path): Json | undefined => {
  let value = member(object, path[0] as string);
  for (let depth = 1; depth < path.length; depth++) {
    if (value === null) return null;
    if (!isObject(value)) return undefined;
    value = member(value, path[depth] as string);
  }
  return value;
};

/** Sets the value at a path of a document that the caller has just made, with the groups on the way. */
export const putAt = (object: JsonObject, path: Path, value: Json): void => {
  let group = object;
  const last = path.length - 1;
  for (let depth = 0; depth < last; depth++) {
    const name = path[depth] as string;
    const inner = member(group, name);
    if (isObject(inner)) {
      group = inner;
    } else {
      const made: JsonObject = {};
      setMember(group, name, made);
      group = made;
    }
  }
  setMember(group, path[last] as string, value);
};

/** Whether there is no value: the member is absent or null. */
export const isNothing = (value: Json | undefined): value is null | undefined =>
  value === undefined || value === null;
