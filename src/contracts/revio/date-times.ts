import type { TSchema } from 'typebox';
import { isNothing, type Path, putAt, valueAt } from '../../mapping/path.ts';
import type { JsonObject } from '../../schema/json.ts';
import { wire } from './wire.ts';

/**
 * A document whose date-times all have a time zone. The vendor's own examples have none, so its clients send none; such a
 * date-time is UTC. A date that is sent as its midnight is the date. The same document when nothing is to be done.
 */
export const withTimeZones = (document: JsonObject): JsonObject => {
  let result = document;
  for (const { path, format } of places) {
    const value = valueAt(document, path);
    if (isNothing(value) || typeof value !== 'string') continue;
    const next = format === 'date' ? value.replace(midnight, '') : value.replace(zoneless, '$&Z');
    if (next === value) continue;
    if (result === document) result = structuredClone(document);
    putAt(result, path, next);
  }
  return result;
};

const zoneless = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?$/;
const midnight = /(?<=^\d{4}-\d{2}-\d{2})T00:00:00(\.0+)?Z?$/;

interface Node {
  format?: string;
  readOnly?: boolean;
  properties?: Record<string, Node>;
}

const placesOf = (node: Node, path: Path): { path: Path; format: string }[] => {
  if (node.readOnly) return [];
  if (node.format === 'date' || node.format === 'date-time') return [{ path, format: node.format }];
  return Object.entries(node.properties ?? {}).flatMap(([name, inner]) => placesOf(inner, [...path, name]));
};

const places = placesOf(wire as TSchema as Node, []);
