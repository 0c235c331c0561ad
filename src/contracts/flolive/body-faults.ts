import { type Fault, Refusal } from '../../errors.ts';
import { noLinks } from '../../mapping/links.ts';
import { deepEqual, isObject, type Json, type JsonObject, member } from '../../schema/json.ts';
import { parsePointer } from '../../schema/pointer.ts';
import { mappedView } from '../mapped-view.ts';
import { keyedLists } from './change.ts';
import { mapping } from './mapping.ts';
import { unitFaults } from './rules.ts';

/**
 * What is wrong with the values of a body in its normal form, whatever the record's rules say. Values that stand in the
 * document as the caller sees it are not judged: a mask, or a value of another contract that is longer than floLIVE's,
 * may always come back.
 */
export const valueFaults = (body: JsonObject, seen: () => JsonObject): Fault[] => {
  const faults = readFaults(body);
  const values = faults.length === 0 ? [] : faults.filter((fault) => isNew(fault, body, seen()));
  return [...values, ...keyedLists.flatMap((list) => primaryFaults(list, body, seen))];
};

/** Each contact and address says which it is, and a contact what it may; days of payment come with their unit. */
export const mandatoryFaults = (body: JsonObject): Fault[] => [
  ...missingIn(body, 'contact', ['id', 'role']),
  ...missingIn(body, 'address', ['id']),
  ...unitFaults(body['invoiceConfiguration']),
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

const isNew = ({ pointer, rule }: Fault, body: JsonObject, seen: JsonObject): boolean => {
  const [now, was] = bothAt(pointer, body, seen);
  return rule === 'unique' || now === undefined || !deepEqual(now, was);
};

/** The values at a place of both documents, their items being found by their ids. */
const bothAt = (
  pointer: string,
  body: JsonObject,
  seen: JsonObject,
): [Json | undefined, Json | undefined] => {
  let [now, was]: [Json | undefined, Json | undefined] = [body, seen];
  for (const segment of parsePointer(pointer)) {
    now = at(now, segment);
    const id = isObject(now) ? now['id'] : undefined;
    const isTwin = (one: Json) => isObject(one) && one['id'] === id;
    was = Array.isArray(was) && id !== undefined ? was.find(isTwin) : at(was, segment);
  }
  return [now, was];
};

const view = mappedView(mapping);

const readFaults = (body: JsonObject): Fault[] => {
  try {
    view.read(body, undefined, noLinks, {});
    return [];
  } catch (error) {
    if (error instanceof Refusal) return error.faults;
    throw error;
  }
};

/** Two items can't become the primary one, nor one beside another that says it stays so. */
const primaryFaults = (list: string, body: JsonObject, seen: () => JsonObject): Fault[] => {
  const places = itemsOf(body, list).flatMap((item, index) =>
    isObject(item) && item['isPrimary'] === true ? [`/${list}/${index}/isPrimary`] : [],
  );
  if (places.length < 2) return [];
  const place = places.findLast((one) => bothAt(one, body, seen())[1] !== true);
  if (place === undefined) return [];
  return [{ pointer: place, rule: 'unique', detail: 'may be true for one only', wire: true }];
};

const itemsOf = (body: JsonObject, list: string): Json[] => {
  const items = member(body, list);
  return Array.isArray(items) ? items : [];
};

const at = (value: Json | undefined, segment: string): Json | undefined => {
  if (Array.isArray(value)) return value[Number(segment)];
  return isObject(value) ? member(value, segment) : undefined;
};
