import { askedPhones, normaliseExact, phoneFormsOf } from '../../customer/normalise.ts';
import type { JsonObject } from '../../schema/json.ts';

/**
 * Whether a protected member says what is searched. Encrypted values are compared as the index keeps them: texts without
 * regard to case, phone numbers however they are written, one of several numbers or e-mail addresses alone; all of a customer's
 * addresses together too.
 */
export const equalsProtected = (member: string, document: JsonObject, text: string): boolean => {
  const value = document[member];
  if (Array.isArray(value)) return value.some((one) => equalsPhone(String(one), document, text));
  if (typeof value !== 'string') return false;
  if (phones.has(member)) return equalsPhone(value, document, text);
  if (member === 'customer_email') return equalsEmail(value, text);
  return normaliseExact(value) === normaliseExact(text);
};

/** The e-mail addresses of a text, which may hold several with commas between. */
export const addressesIn = (text: string): string[] =>
  text
    .split(',')
    .map(normaliseExact)
    .filter((one) => one !== '');

const equalsEmail = (value: string, text: string): boolean => {
  const [addresses, asked] = [addressesIn(value), addressesIn(text).join()];
  return addresses.includes(asked) || addresses.join() === asked;
};

/** The members that hold one phone number. */
const phones: ReadonlySet<string> = new Set(['customer_phone', 'secondary_phone']);

const equalsPhone = (value: string, { country }: JsonObject, text: string): boolean => {
  const asked = askedPhones(text);
  // Without a digit it is no number, and only the text is left to compare.
  if (asked.length === 0) return normaliseExact(value) === normaliseExact(text);
  const forms = phoneFormsOf(value, typeof country === 'string' ? country : null);
  return asked.some((one) => forms.includes(one));
};
