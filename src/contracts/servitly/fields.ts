import type { Customer } from '../../customer/customer.ts';
import { isObject, type Json, member } from '../../schema/json.ts';
import { invalidQuery } from '../query.ts';

/** The value of a field by which customers are found and sorted; undefined where a customer has none. */
export type Value = string | number | undefined;

/** Reads a field of a customer as the caller sees it. */
export type Field = (seen: Customer) => Value;

/** The fields by which customers are found and sorted, beside `properties.<name>`. */
export const fields: Readonly<Record<string, Field>> = {
  // Servitly's page lets search by a code that its bean does not show: the account number of the record.
  code: ({ data }) => data.accountNumber ?? undefined,
  name: ({ data }) => data.name ?? undefined,
  country: ({ data }) => data.country ?? undefined,
  timezone: ({ data }) => data.timeZone ?? undefined,
  creationTimestamp: ({ createdAt }) => createdAt.getTime(),
  firstAccessTimestamp: (seen) => ownValue(seen, 'firstAccessTimestamp'),
  lastAccessTimestamp: (seen) => ownValue(seen, 'lastAccessTimestamp'),
};

/** How the name of a property begins where it stands beside the names of fields. */
export const propertyPrefix = 'properties.';

/** The field of a name. Throws Refusal `invalid-query` at the parameter that names it. */
export const fieldOf = (name: string, parameter: string): Field => {
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (field) return field;
  if (!name.startsWith(propertyPrefix)) {
    const known = [...Object.keys(fields), `${propertyPrefix}<name>`].join(', ');
    throw invalidQuery(parameter, 'enum', `must name one of ${known}`);
  }
  const property = name.slice(propertyPrefix.length);
  return ({ data }) => textOrNumber(data.attributes ?? undefined, property);
};

const ownValue = ({ data: { extensions } }: Customer, name: string): Value =>
  textOrNumber(extensions?.servitly ?? undefined, name);

/** A member of an object; what is masked is no object. */
const textOrNumber = (object: Json | undefined, name: string): Value => {
  const value = isObject(object) ? member(object, name) : undefined;
  return typeof value === 'string' || typeof value === 'number' ? value : undefined;
};
