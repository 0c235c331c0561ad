import type { TSchema } from 'typebox';
import { isObject, type Json, type JsonObject } from './json.ts';

/**
 * Makes the walk that puts the ids of a document into lower case, wherever the schema says that an id (format `uuid`) stands:
 * one in capitals is the same id (RFC 9562 section 4), and they are compared with those that are stored. It gives the same
 * object where nothing is to be done.
 */
export const canonicalIds = (schema: TSchema): ((document: Json) => Json) =>
  walkOf(schema as unknown as Schema) ?? ((document) => document);

/** The parts of a JSON Schema that say where an id may stand. */
interface Schema {
  format?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
}

type Walk = (value: Json) => Json;

/** Makes the walk to the ids of a schema; undefined where it has none. */
const walkOf = ({ format, properties = {}, items }: Schema): Walk | undefined => {
  if (format === 'uuid') return (value) => (typeof value === 'string' ? value.toLowerCase() : value);
  const item = items && walkOf(items);
  if (item) return (value) => (Array.isArray(value) ? inItems(value, item) : value);
  const members = Object.entries(properties).flatMap(([name, one]): [string, Walk][] => {
    const walk = walkOf(one);
    return walk ? [[name, walk]] : [];
  });
  return members.length === 0 ? undefined : (value) => (isObject(value) ? inMembers(value, members) : value);
};

const inItems = (items: Json[], walk: Walk): Json[] => {
  const said = items.map(walk);
  return said.some((item, index) => item !== items[index]) ? said : items;
};

const inMembers = (object: JsonObject, members: readonly [string, Walk][]): JsonObject => {
  let result = object;
  for (const [name, walk] of members) {
    const value = object[name];
    if (value === undefined) continue;
    const said = walk(value);
    if (said !== value) result = { ...result, [name]: said };
  }
  return result;
};
