import Type, { type TSchema } from 'typebox';
import { type Fault, Refusal } from '../errors.ts';
import { isObject, type Json, type JsonObject } from '../schema/json.ts';
import { oncePer } from '../schema/once-per.ts';
import { escapeSegment } from '../schema/pointer.ts';
import type { Shape } from '../schema/shape.ts';
import { type Validator, validator } from '../schema/validate.ts';
import { type CustomerData, customerData } from './customer.ts';
import { customerShape } from './record.ts';

/**
 * Judges a whole record and completes it: list items get their ids, the protection level its default. Members that
 * are those of `valid`, a record that was judged before, are not judged again and keep their identity. Throws
 * Refusal `validation-failed` with every fault.
 */
export const checkRecord = (data: JsonObject, valid: JsonObject, newId: () => string): CustomerData => {
  const faults: Fault[] = [];
  let complete = data;
  for (const name of Object.keys(data)) {
    const value = data[name] as Json;
    if (value === valid[name]) continue;
    const member = members.get(name);
    if (!member) {
      faults.push({
        pointer: `/${escapeSegment(name)}`,
        rule: 'unknownMember',
        detail: 'is not a known member',
      });
      continue;
    }
    const completed = withIds(member.shape, value, newId);
    if (completed !== value) complete = { ...complete, [name]: completed };
    faults.push(...member.judge({ [name]: completed }), ...repeatedIds(`/${name}`, member.shape, completed));
  }
  if (faults.length > 0) throw new Refusal('validation-failed', { faults: faults.slice(0, mostFaults) });
  const level = complete['protectionLevel'];
  return (level === undefined ? { ...complete, protectionLevel: 1 } : complete) as unknown as CustomerData;
};

const mostFaults = 50;

/** Each member of the record with its shape and a validator of its own. */
const members = new Map<string, { shape: Shape; judge: Validator }>(
  Object.entries(customerData.properties as Record<string, TSchema>).map(([name, schema]) => [
    name,
    {
      shape: (customerShape as Shape & { kind: 'group' }).members.get(name) as Shape,
      judge: validator(Type.Object({ [name]: schema })),
    },
  ]),
);

/** The record with an id for every item of a keyed list; the same object when all have one. */
export const withItemIds = (data: JsonObject, newId: () => string): JsonObject =>
  withIds(customerShape, data, newId) as JsonObject;

const withIds = (shape: Shape, value: Json, newId: () => string): Json => {
  if (shape.kind === 'list' && Array.isArray(value)) {
    const items = value.map((item) => withItemId(shape.item, item, newId));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  if (shape.kind !== 'group' || !isObject(value)) return value;
  let result = value;
  for (const [name, member] of innerMembers(shape)) {
    const inner = value[name];
    if (inner === undefined || inner === null) continue;
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

/** Finds the items of keyed lists, at any depth, whose id another item of the same list has. */
const repeatedIds = (pointer: string, shape: Shape, value: Json): Fault[] => {
  if (shape.kind === 'list' && Array.isArray(value)) {
    const ids = value.map((item) => (isObject(item) ? item['id'] : undefined));
    return value.flatMap((item, index) => [
      ...(ids[index] !== undefined && ids.indexOf(ids[index]) < index
        ? [repeated(`${pointer}/${index}/id`)]
        : []),
      ...repeatedIds(`${pointer}/${index}`, shape.item, item),
    ]);
  }
  if (shape.kind !== 'group' || !isObject(value)) return [];
  return innerMembers(shape).flatMap(([name, member]) =>
    repeatedIds(`${pointer}/${name}`, member, value[name] ?? null),
  );
};

/** The members of a group that may hold lists. */
const innerMembers = oncePer((shape: Shape & { kind: 'group' }): [string, Shape][] =>
  [...shape.members].filter(([, member]) => member.kind !== 'leaf'),
);

const repeated = (pointer: string): Fault => ({
  pointer,
  rule: 'unique',
  detail: 'names another item of the list',
});
