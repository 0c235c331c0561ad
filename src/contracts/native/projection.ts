import { isObject, type JsonObject } from '../../schema/json.ts';
import { invalidQuery } from '../query.ts';
import { writableSchema } from './schemas.ts';

/** Takes the named members of a customer and leaves out the rest; `id` and `version` always stay. */
export type Projection = (customer: JsonObject) => JsonObject;

/** Reads `fields`: member names with dots, separated by commas. Throws Refusal `invalid-query` for an unknown one. */
export const projectionOf = (fields: string | undefined): Projection => {
  if (fields === undefined) return (customer) => customer;
  const paths = fields.split(',').map((name) => name.trim().split('.'));
  for (const path of paths) {
    if (!isIn(customerSchema, path))
      throw invalidQuery('fields', 'unknownMember', 'names a member that customers do not have');
  }
  const wanted = [['id'], ['version'], ...paths];
  return (customer) => pick(customer, wanted);
};

/** The parts of a JSON Schema that say which members a value has. */
interface Schema {
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: Schema | boolean;
}

const customerSchema = writableSchema as unknown as Schema;

/** Whether the schema has the path, items of lists being left out of it; inside a free object everything is known. */
const isIn = (schema: Schema, path: readonly string[]): boolean => {
  const [name, ...rest] = path;
  if (name === undefined) return true;
  if (schema.items) return isIn(schema.items, path);
  const { properties = {}, additionalProperties } = schema;
  const named = Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
  return named === true || (typeof named === 'object' && isIn(named, rest));
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
