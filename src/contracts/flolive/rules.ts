import type { Fault } from '../../errors.ts';
import { deepEqual, isObject, type Json, type JsonObject, member } from '../../schema/json.ts';
import { keyedLists } from './change.ts';

/** A changed customer: the document as it will be and as it was, if it was, and the body that asked for it. */
interface Changed {
  document: JsonObject;
  before: JsonObject | undefined;
  body: JsonObject;
}

/**
 * The page's rules between members, judged on what the body changed, as it is afterwards: a phone number for each
 * contact, a primary contact and address that stays until another one is, a unit beside the days of payment. Faults
 * name the body's members.
 */
export const ruleFaults = (changed: Changed): Fault[] => [
  ...phoneFaults(changed),
  ...keyedLists.flatMap((name) => primaryFaults(name, changed)),
  ...(isObject(changed.body['invoiceConfiguration'])
    ? unitFaults(changed.document['invoiceConfiguration'])
    : []),
];

const phoneFaults = ({ document, before, body }: Changed): Fault[] =>
  itemsOf(body, 'contact').flatMap((change, index) => {
    const contact = itemOf(document, 'contact', change, index);
    const wasSo = before && deepEqual(contact, itemOf(before, 'contact', change, index));
    const isReached = says(contact, 'landlinePhoneNumber') || says(contact, 'mobilePhoneNumber');
    if (wasSo || isReached) return [];
    return [fault(`/contact/${index}/mobilePhoneNumber`, 'is required without landlinePhoneNumber')];
  });

const primaryFaults = (name: string, { document, before, body }: Changed): Fault[] => {
  const changes = itemsOf(body, name);
  const hasPrimary = (one: JsonObject) => itemsOf(one, name).some((item) => item['isPrimary'] === true);
  const hadNone = before !== undefined && !hasPrimary(before);
  if (changes.length === 0 || hadNone || hasPrimary(document)) return [];
  const wasPrimary = (change: JsonObject, index: number) =>
    before === undefined || itemOf(before, name, change, index)?.['isPrimary'] === true;
  const detail = before ? 'stays true until another one is primary' : 'must be true for one';
  return [fault(`/${name}/${changes.findIndex(wasPrimary)}/isPrimary`, detail)];
};

/** The unit that the page wants beside the days of payment: of a request that says them, and of what it leads to. */
export const unitFaults = (invoice: Json | undefined): Fault[] => {
  if (!isObject(invoice)) return [];
  if (!says(invoice, 'paymentDueAfterInvoiceIssued') || says(invoice, 'paymentDueUnits')) return [];
  return [fault('/invoiceConfiguration/paymentDueUnits', 'is required with paymentDueAfterInvoiceIssued')];
};

const itemsOf = (document: JsonObject, name: string): JsonObject[] => {
  const items = member(document, name);
  return Array.isArray(items) ? items.filter(isObject) : [];
};

/** The item that a change is about: by its id, or by its place where it has none yet. */
const itemOf = (
  document: JsonObject,
  list: string,
  { id }: JsonObject,
  index: number,
): JsonObject | undefined => {
  const items = itemsOf(document, list);
  return id === undefined ? items[index] : items.find((item) => item['id'] === id);
};

const says = (object: JsonObject | undefined, name: string): boolean =>
  object?.[name] !== undefined && object[name] !== null;

const fault = (pointer: string, detail: string): Fault => ({ pointer, rule: 'required', detail, wire: true });
