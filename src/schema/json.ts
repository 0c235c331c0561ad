/** Any JSON value (RFC 8259). Values are treated as immutable everywhere: change them by copying. */
export type Json = null | boolean | number | string | Json[] | JsonObject;

/** A JSON object. An absent member is absent, never `undefined`. */
export interface JsonObject {
  [member: string]: Json;
}

/** Whether the value is a JSON object: neither null nor an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object's own member, or undefined when it is absent; never something inherited such as `toString`. */
export function member(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Sets a member of an object that the caller has just made; safe for every name, `__proto__` included. */
export function setMember(object: JsonObject, name: string, value: Json): void {
  if (name === '__proto__') {
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  } else {
    object[name] = value;
  }
}

/** The object without the members of these names; the same object when it has none of them. */
export function withoutMembers(object: JsonObject, names: ReadonlySet<string>): JsonObject {
  const all = Object.keys(object);
  if (!all.some((name) => names.has(name))) return object;
  // Made anew: an object from which members were deleted is slow from then on.
  const result: JsonObject = {};
  for (const name of all) if (!names.has(name)) setMember(result, name, object[name] as Json);
  return result;
}

/** Whether two JSON values are equal; the order of members has no meaning, undefined stands for absence. */
export function deepEqual(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) return Array.isArray(b) && equalArrays(a, b);
  return !Array.isArray(b) && equalObjects(a, b);
}

function equalArrays(a: Json[], b: Json[]): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) {
    if (!deepEqual(a[index], b[index])) return false;
  }
  return true;
}

function equalObjects(a: JsonObject, b: JsonObject): boolean {
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  for (const name of names) {
    if (!Object.hasOwn(b, name) || !deepEqual(a[name], b[name])) return false;
  }
  return true;
}
