import type { TSchema } from 'typebox';
import { ignoredMembers } from '../mapping/ignored-members.ts';
import { isObject, type Json } from '../schema/json.ts';
import { readPatch } from '../schema/json-patch-document.ts';

/**
 * The members that a JSON Patch writes and that a contract does not know or sets itself: dotted paths without the places
 * of items, each once. Throws Refusal `invalid-patch` for what is no patch of at most `maxOperations`.
 */
export const ignoredByPatch = (wire: TSchema, patch: Json, limits: { maxOperations: number }): string[] => {
  const names = new Set<string>();
  for (const operation of readPatch(patch, limits)) {
    if (operation.op === 'test') continue;
    const value = 'value' in operation ? operation.value : null;
    const places = operation.op === 'move' ? [operation.path, operation.from] : [operation.path];
    for (const path of places) {
      const document = documentWith(path, value);
      if (isObject(document)) for (const name of ignoredMembers(wire, document).names) names.add(name);
    }
  }
  return [...names];
};

/** A document of nothing but a value at a path. */
const documentWith = (path: readonly string[], value: Json): Json =>
  path.reduceRight<Json>((inner, name) => (/^(\d+|-)$/.test(name) ? [inner] : { [name]: inner }), value);
