import type { TSchema } from 'typebox';
import { itemSchema, wireMembers } from '../../mapping/wire-member.ts';
import { isObject, type Json, type JsonObject, member } from '../../schema/json.ts';
import { jsonPatch } from '../../schema/json-patch.ts';
import { readPatch } from '../../schema/json-patch-document.ts';
import { patchLimits } from '../json-patch.ts';
import { wire } from './wire.ts';

/**
 * The document with a JSON Patch applied (RFC 6902; https://developers.rev.io/docs/patch). A patch may go into an object
 * or a list that the customer does not have yet, as clients do that replace single members: it is then there without
 * values. Throws the Refusals of `readPatch` and `jsonPatch` with the pointer of the operation.
 */
export const patched = (document: JsonObject, patch: Json | undefined): Json => {
  const operations = readPatch(patch ?? null, patchLimits);
  const open = operations.reduce<Json>((result, { path }) => opened(result, wire, path), document);
  return jsonPatch(open, operations, patchLimits);
};

/** The value with empty containers where the path leads through null. */
const opened = (value: Json, schema: TSchema, [name, ...rest]: readonly string[]): Json => {
  const container = value ?? emptyOf(schema);
  const members = wireMembers(schema) ?? {};
  if (name === undefined || rest.length === 0 || !isObject(container)) return container;
  if (!Object.hasOwn(members, name)) return container;
  const before = member(container, name) ?? null;
  const after = opened(before, members[name] as TSchema, rest);
  return after === before && container === value ? value : { ...container, [name]: after };
};

const emptyOf = (schema: TSchema): Json => {
  if (itemSchema(schema)) return [];
  const members = wireMembers(schema);
  return members ? Object.fromEntries(Object.keys(members).map((name) => [name, null])) : null;
};
