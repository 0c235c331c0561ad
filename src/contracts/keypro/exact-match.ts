import { askedPhones, normaliseExact, phoneFormsOf } from '../../customer/normalise.ts';
import type { JsonObject } from '../../schema/json.ts';

/**
 * Whether a protected member says what is searched. Encrypted values are compared as the index keeps them: texts without
 * regard to case, phone numbers however they are written, one of several numbers or e-mail addresses alone.
 */
export const equalsProtected = (member: string, document: JsonObject, text: string): boolean => {
  const value = document[member];
  if (Array.isArray(value)) return value.some((one) => equalsPhone(String(one), document, text));
  if (typeof value !== 'string') return false;
  if (phones.has(member)) return equalsPhone(value, document, text);
  const values = member === 'customer_email' ? value.split(',') : [value];
  return values.some((one) => normaliseExact(one) === normaliseExact(text));
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
