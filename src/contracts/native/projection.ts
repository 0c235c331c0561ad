import { customerShape } from '../../customer/record.ts';
import { isObject, type JsonObject } from '../../schema/json.ts';
import type { Shape } from '../../schema/shape.ts';
import { invalidQuery } from '../query.ts';

/** Takes the named members of a customer and leaves out the rest; `id` and `version` always stay. */
export type Projection = (customer: JsonObject) => JsonObject;

/** Reads `fields`: member names with dots, separated by commas. Throws Refusal `invalid-query` for an unknown one. */
export const projectionOf = (fields: string | undefined): Projection => {
  if (fields === undefined) return (customer) => customer;
  const paths = fields.split(',').map((name) => name.trim().split('.'));
  for (const path of paths) {
    if (!isKnown(path))
      throw invalidQuery('fields', 'unknownMember', 'names a member that customers do not have');
  }
  const wanted = [['id'], ['version'], ...paths];
  return (customer) => pick(customer, wanted);
};

const systemNames = new Set(['id', 'number', 'humanReadableId', 'version', 'createdAt', 'updatedAt']);

const isKnown = (path: string[]): boolean =>
  (path.length === 1 && systemNames.has(path[0] as string)) || isIn(customerShape, path);

/** Whether the schema has the path, items of lists being left out of it; inside a free value everything is known. */
const isIn = (shape: Shape, path: string[]): boolean => {
  const [name, ...rest] = path;
  if (name === undefined || shape.kind === 'leaf') return true;
  if (shape.kind === 'list') return isIn(shape.item, path);
  const member = shape.members.get(name);
  return member !== undefined && isIn(member, rest);
};

const pick = (object: JsonObject, paths: string[][]): JsonObject => {
  const picked: JsonObject = {};
  for (const name of Object.keys(object)) {
    const below = paths.filter(([first]) => first === name).map((path) => path.slice(1));
    if (below.length === 0) continue;
    const value = object[name];
    if (value === undefined) continue;
    const whole = below.some((path) => path.length === 0);
    if (whole) picked[name] = value;
    else if (Array.isArray(value))
      picked[name] = value.map((item) => (isObject(item) ? pick(item, below) : item));
    else if (isObject(value)) picked[name] = pick(value, below);
  }
  return picked;
};
