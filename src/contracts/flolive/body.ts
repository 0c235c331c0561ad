import { isObject, type Json, type JsonObject, member, setMember } from '../../schema/json.ts';

/**
 * A body in one form: every empty element (`""`, `[]`, `{}`, at any depth) as the null that it stands for, and a list
 * wherever the page lets one object or number stand for it. What is not of the right type stays, to be refused.
 */
export const normalBody = (body: JsonObject): JsonObject => listed(emptiedMembers(body), topLists);

const topLists = ['contact', 'address', 'customFields', 'campaign'] as const;

/** A value in which every empty element is null. */
export const emptied = (value: Json): Json => {
  if (value === '') return null;
  if (Array.isArray(value)) return value.length === 0 ? null : value.map(emptied);
  if (!isObject(value)) return value;
  return Object.keys(value).length === 0 ? null : emptiedMembers(value);
};

/** The members alone: a body without any is no empty element, it changes nothing. */
const emptiedMembers = (body: JsonObject): JsonObject => {
  const result: JsonObject = {};
  for (const name of Object.keys(body)) setMember(result, name, emptied(body[name] as Json));
  return result;
};

const listed = (body: JsonObject, names: readonly string[]): JsonObject => {
  const result = { ...body };
  for (const name of names) {
    const value = member(body, name);
    if (isObject(value) || typeof value === 'number') result[name] = [value];
  }
  const contacts = member(result, 'contact');
  if (Array.isArray(contacts)) {
    result['contact'] = contacts.map((one) => (isObject(one) ? listed(one, ['identity']) : one));
  }
  return result;
};
