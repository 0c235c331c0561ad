import type { TSchema } from 'typebox';
import type { Mapping } from '../../src/mapping/define-mapping.ts';
import { ignoredMembers } from '../../src/mapping/ignored-members.ts';
import { deepEqual, isObject, type Json, type JsonObject, member } from '../../src/schema/json.ts';

/** A document without what says nothing: nulls, empty objects and empty lists. */
export const said = (document: JsonObject): JsonObject => (pruned(document) as JsonObject | undefined) ?? {};

const pruned = (value: Json): Json | undefined => {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map((item) => pruned(item) ?? {});
  if (!isObject(value)) return value ?? undefined;
  const members = Object.entries(value).flatMap(([name, inner]) => {
    const kept = pruned(inner);
    return kept === undefined ? [] : [[name, kept] as const];
  });
  return members.length === 0 ? undefined : Object.fromEntries(members);
};

/** A document with the members that are null left out. */
export const withoutNulls = (mapping: Mapping, document: JsonObject): JsonObject =>
  leafPaths(mapping.wire).reduce((result, path) => {
    const names = path.split('.');
    const value = names.reduce<Json | undefined>(
      (inner, name) => (isObject(inner ?? null) ? member(inner as JsonObject, name) : inner),
      result,
    );
    return value === null ? (without(result, names) as JsonObject) : result;
  }, document);

/** A document without what the service alone says. */
export const writable = (mapping: Mapping, document: JsonObject): JsonObject =>
  ignoredMembers(mapping.wire, document).body;

/** A copy without the place that the segments name. */
export const without = (value: Json, [name, ...rest]: readonly string[]): Json => {
  if (name === undefined) return {};
  if (Array.isArray(value)) {
    return value.flatMap((item, index) =>
      String(index) !== name ? [item] : rest.length === 0 ? [] : [without(item, rest)],
    );
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([one, inner]) =>
      one !== name ? [[one, inner]] : rest.length === 0 ? [] : [[one, without(inner, rest)]],
    ),
  );
};

/** The dotted paths of a wire schema's members, lists taken as a whole. */
export const leafPaths = (schema: TSchema, at = ''): string[] => {
  const members = (schema as unknown as { properties?: Record<string, TSchema> }).properties;
  if (!members) return [at];
  return Object.entries(members).flatMap(([name, inner]) =>
    leafPaths(inner, at === '' ? name : `${at}.${name}`),
  );
};

/** A document with one member as another has it, or with any value there. */
export const leafAt = (document: JsonObject, other: Json, path: string): JsonObject => {
  const names = path.split('.');
  let value: Json | undefined = other;
  for (const name of names)
    value = isObject(value) ? member(value, name) : value === other ? other : undefined;
  return replaced(document, names, value);
};

const replaced = (object: JsonObject, [name, ...rest]: string[], value: Json | undefined): JsonObject => {
  const { [name as string]: before, ...others } = object;
  if (rest.length > 0)
    return { ...others, [name as string]: replaced(isObject(before) ? before : {}, rest, value) };
  return value === undefined ? others : { ...others, [name as string]: value };
};

/** Whether a dotted path is that of a member or lies within it. */
export const isWithin = (path: string, outer: string): boolean =>
  path === outer || path.startsWith(`${outer}.`);

/** The dotted paths at which two values differ; a list whose items are others differs as a whole. */
export const changedPaths = (before: Json | undefined, now: Json | undefined, at = ''): string[] => {
  if (deepEqual(before, now)) return [];
  const inner = (name: string) => (at === '' ? name : `${at}.${name}`);
  if (isObject(before) && isObject(now)) {
    const names = new Set([...Object.keys(before), ...Object.keys(now)]);
    return [...names].flatMap((name) => changedPaths(before[name], now[name], inner(name)));
  }
  if (Array.isArray(before) && Array.isArray(now) && before.length === now.length) {
    const isItem = (item: Json, index: number) =>
      isObject(item) && isObject(now[index]) && item['id'] === now[index]['id'];
    if (before.every(isItem)) return before.flatMap((item, index) => changedPaths(item, now[index], at));
  }
  return [at];
};
