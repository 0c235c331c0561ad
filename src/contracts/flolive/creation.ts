import type { Fault } from '../../errors.ts';
import { isObject, type Json, type JsonObject } from '../../schema/json.ts';
import { missingIn, required, valueFaults } from './body-faults.ts';
import { keyedLists } from './change.ts';
import { ruleFaults } from './rules.ts';

/** A new customer's document: what the body, in its normal form, does not say has its default. */
export const completed = (body: JsonObject): JsonObject => {
  const given = Object.entries(body).filter(([, value]) => value !== null);
  const document: JsonObject = { ...defaults, ...Object.fromEntries(given) };
  for (const name of keyedLists) {
    const items = document[name];
    if (Array.isArray(items)) document[name] = withPrimary(items);
  }
  return document;
};

/** What is wrong with a new customer's document. */
export const creationFaults = (document: JsonObject): Fault[] => [
  ...['status', 'currency'].filter((name) => !(name in document)).map((name) => required(`/${name}`)),
  ...valueFaults(document, () => ({})),
  ...currencyFaults(document),
  ...missingIn(document, 'contact', ['role']),
  ...ruleFaults({ document, before: undefined, body: document }),
];

const currencyFaults = ({ currency }: JsonObject): Fault[] =>
  typeof currency !== 'string' || currencies.has(currency)
    ? []
    : [{ pointer: '/currency', rule: 'enum', detail: 'must be a currency code of ISO 4217', wire: true }];

const currencies: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));

const defaults: JsonObject = {
  type: 'PRIVATE',
  mfaConfiguration: 'MANDATORY',
  allowOfferDelegation: false,
  isAllowedImeiLock: false,
  invoiceConfiguration: {
    chargeByActive: 'SIM',
    activityIndication: 'NETWORK_REGISTRATION',
    deviceCost: 0,
    deliveryMethod: 'EMAIL',
    paymentDueAfterInvoiceIssued: 30,
    paymentDueUnits: 'DAYS',
    vat: 0,
  },
};

/** Where no item is said to be the primary one, the first that may be is it; all others are not. */
const withPrimary = (items: Json[]): Json[] => {
  const isPrimary = (item: Json) => isObject(item) && item['isPrimary'] === true;
  const isOpen = (item: Json) => isObject(item) && (item['isPrimary'] ?? null) === null;
  const chosen = items.some(isPrimary) ? undefined : items.find(isOpen);
  return items.map((item) => (isOpen(item) ? { ...(item as JsonObject), isPrimary: item === chosen } : item));
};
