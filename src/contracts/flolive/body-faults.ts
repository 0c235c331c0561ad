import { type Fault, Refusal } from '../../errors.ts';
import { deepEqual, isObject, type Json, type JsonObject, member } from '../../schema/json.ts';
import { parsePointer } from '../../schema/pointer.ts';
import { keyedLists } from './apply.ts';
import { mapping } from './mapping.ts';

/** What is wrong with the values of a body in its normal form, whatever the record says. */
export const valueFaults = (body: JsonObject): Fault[] => [...readFaults(body), ...primaryFaults(body)];

/** Each contact and address says which it is, and a contact what it may. */
export const mandatoryFaults = (body: JsonObject): Fault[] => [
  ...missingIn(body, 'contact', ['id', 'role']),
  ...missingIn(body, 'address', ['id']),
];

/** The members of a list's items that are not there, or have no value. */
export const missingIn = (body: JsonObject, list: string, names: readonly string[]): Fault[] =>
  itemsOf(body, list).flatMap((item, index) =>
    names
      .filter((name) => isObject(item) && (item[name] ?? null) === null)
      .map((name) => required(`/${list}/${index}/${name}`)),
  );

/** The fault of a member that has to be there. */
export const required = (pointer: string): Fault => ({
  pointer,
  rule: 'required',
  detail: 'is required',
  wire: true,
});

/**
 * The faults without those of values that stand in the document as the caller sees it: a mask, or a value of another
 * contract that is longer than floLIVE's, may always come back.
 */
export const newFaults = (faults: readonly Fault[], body: JsonObject, document: JsonObject): Fault[] =>
  faults.filter(({ pointer }) => {
    let [now, was]: [Json | undefined, Json | undefined] = [body, document];
    for (const segment of parsePointer(pointer)) {
      now = at(now, segment);
      const id = isObject(now) ? now['id'] : undefined;
      const isTwin = (one: Json) => isObject(one) && one['id'] === id;
      was = Array.isArray(was) && id !== undefined ? was.find(isTwin) : at(was, segment);
    }
    return now === undefined || !deepEqual(now, was);
  });

const readFaults = (body: JsonObject): Fault[] => {
  try {
    mapping.read(body, undefined);
    return [];
  } catch (error) {
    if (error instanceof Refusal) return error.faults;
    throw error;
  }
};

/** Two items can't both become the primary one. */
const primaryFaults = (body: JsonObject): Fault[] =>
  keyedLists.flatMap((list) => {
    const places = itemsOf(body, list).flatMap((item, index) =>
      isObject(item) && item['isPrimary'] === true ? [index] : [],
    );
    return places.slice(1).map((index) => ({
      pointer: `/${list}/${index}/isPrimary`,
      rule: 'unique',
      detail: 'may be true for one only',
      wire: true as const,
    }));
  });

const itemsOf = (body: JsonObject, list: string): Json[] => {
  const items = member(body, list);
  return Array.isArray(items) ? items : [];
};

const at = (value: Json | undefined, segment: string): Json | undefined => {
  if (Array.isArray(value)) return value[Number(segment)];
  return isObject(value) ? member(value, segment) : undefined;
};
