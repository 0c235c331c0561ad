import { Refusal } from '../errors.ts';
import { isObject, type Json, type JsonObject } from '../schema/json.ts';
import type { Shape } from '../schema/shape.ts';
import { validator } from '../schema/validate.ts';
import { type CustomerData, customerData } from './customer.ts';
import { customerShape } from './record.ts';

/**
 * Judges a whole record and completes it: list items get their ids, the protection level its default. Untouched
 * parts keep their identity. Throws Refusal `validation-failed` with every fault.
 */
export const checkRecord = (data: JsonObject, newId: () => string): CustomerData => {
  const level = data['protectionLevel'];
  const levelled = level === undefined || level === null ? { ...data, protectionLevel: 1 } : data;
  const complete = withIds(customerShape, levelled, newId) as JsonObject;
  const faults = [...validate(complete), ...repeatedIds(complete)];
  if (faults.length > 0) throw new Refusal('validation-failed', { faults });
  return complete as unknown as CustomerData;
};

const validate = validator(customerData);

/** Gives every item of a keyed list an id; returns the same object when all have one. */
const withIds = (shape: Shape, value: Json, newId: () => string): Json => {
  if (shape.kind === 'list' && Array.isArray(value)) {
    const items = value.map((item) => withItemId(shape.item, item, newId));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  if (shape.kind !== 'group' || !isObject(value)) return value;
  let result = value;
  for (const [name, member] of shape.members) {
    const inner = value[name];
    if (member.kind === 'leaf' || inner === undefined || inner === null) continue;
    const completed = withIds(member, inner, newId);
    if (completed !== inner) result = { ...result, [name]: completed };
  }
  return result;
};

const withItemId = (shape: Shape, item: Json, newId: () => string): Json => {
  if (!isObject(item)) return item;
  const completed = withIds(shape, item, newId) as JsonObject;
  return completed['id'] === undefined || completed['id'] === null
    ? { ...completed, id: newId() }
    : completed;
};

const repeatedIds = (data: JsonObject) =>
  ['contacts', 'addresses'].flatMap((name) => {
    const items = data[name];
    if (!Array.isArray(items)) return [];
    const ids = items.map((item) => (isObject(item) ? item['id'] : undefined));
    return ids.flatMap((id, index) =>
      id !== undefined && ids.indexOf(id) < index
        ? [{ pointer: `/${name}/${index}/id`, rule: 'unique', detail: 'names another item of the list' }]
        : [],
    );
  });
