import { type Fault, Refusal } from '../../errors.ts';
import { deepEqual, isObject, type Json, type JsonObject, member, setMember } from '../../schema/json.ts';
import { emptied } from './body.ts';

/**
 * The document with what a body in its normal form says laid over it: null takes away, a contact or an address is found
 * by its id, a custom field by its name, and members that are not named stay. What is empty already stays as it is, so
 * that a customer that was read may come back. Throws Refusal `validation-failed` where the customer has no such contact
 * or address.
 */
export const applied = (document: JsonObject, body: JsonObject): JsonObject => {
  const faults: Fault[] = [];
  const result = { ...document };
  for (const name of Object.keys(body)) {
    const value = body[name] as Json;
    const before = member(document, name);
    if (name === 'invoiceConfiguration') result[name] = overlaid(before, value);
    else if (isItems(name, value)) result[name] = itemsOf(name, listOf(before), value, faults);
    else if (name === 'customFields' && Array.isArray(value)) result[name] = fieldsOf(listOf(before), value);
    else setMember(result, name, unlessAlike(before, value));
  }
  if (faults.length > 0) throw new Refusal('validation-failed', { faults });
  return result;
};

/** The lists whose items have an id. */
export const keyedLists = ['contact', 'address'] as const;

const isItems = (name: string, value: Json): value is Json[] =>
  Array.isArray(value) && (keyedLists as readonly string[]).includes(name);

const listOf = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);

const overlaid = (before: Json | undefined, value: Json): Json => {
  if (!isObject(before) || !isObject(value)) return value;
  const result = { ...before };
  for (const name of Object.keys(value))
    setMember(result, name, unlessAlike(member(before, name), value[name] as Json));
  return result;
};

/** A value, or what stands there where that is the same but for what is empty in it. */
const unlessAlike = (before: Json | undefined, value: Json): Json =>
  before !== undefined && deepEqual(emptied(before), value) ? before : value;

const itemsOf = (name: string, before: Json[], changes: Json[], faults: Fault[]): Json[] => {
  let items = before;
  for (const [index, change] of changes.entries()) {
    const id = isObject(change) ? change['id'] : undefined;
    const isNamed = (item: Json) => isObject(item) && item['id'] === id;
    if (!isObject(change) || !items.some(isNamed)) {
      const detail = `names no ${name} of the customer`;
      faults.push({ pointer: `/${name}/${index}/id`, rule: 'exists', detail, wire: true });
      continue;
    }
    const becomesPrimary = change['isPrimary'] === true && !isPrimary(items.find(isNamed));
    items = items.map((item) => {
      if (isNamed(item)) return overlaid(item, change);
      return becomesPrimary && isPrimary(item) ? { ...item, isPrimary: false } : item;
    });
  }
  return items;
};

const isPrimary = (item: Json | undefined): item is JsonObject =>
  isObject(item) && item['isPrimary'] === true;

/** Custom fields by their names: one without a value goes. What has no name is left to be refused. */
const fieldsOf = (before: Json[], changes: Json[]): Json[] => {
  const sent = new Map(changes.map((one) => [keyNameOf(one), one]));
  const stay = before.filter((one) => {
    const change = sent.get(keyNameOf(one));
    return change === undefined || (isEmptyField(one) && isEmptyField(change));
  });
  return [...stay, ...changes.filter((one) => keyNameOf(one) === undefined || !isEmptyField(one))];
};

const keyNameOf = (field: Json): Json | undefined =>
  isObject(field) ? (field['keyName'] ?? undefined) : undefined;

const isEmptyField = (field: Json): boolean => isObject(field) && (field['keyValue'] ?? '') === '';
