import { type CountryCode, type PhoneNumber, parsePhoneNumberFromString } from 'libphonenumber-js/min';

/** The form in which two exact values are compared: composed, trimmed and without case. */
export const normaliseExact = (value: string): string => value.normalize('NFKC').trim().toLowerCase();

/** The form in which a searched phone number is compared: E.164 when it is international, else its digits. */
export const normalisePhone = (value: string): string => internationalPhone(value)?.number ?? digitsOf(value);

/**
 * The forms under which a phone number is found: as it is written, and E.164 and as it is dialled at home, where the
 * number is known, by itself or by the country of the record (two letters).
 */
export const phoneFormsOf = (value: string, country: string | null): string[] => {
  const isCode = country !== null && /^[A-Za-z]{2}$/.test(country);
  const region = isCode ? (country.toUpperCase() as CountryCode) : undefined;
  const known = internationalPhone(value) ?? (region && parsePhoneNumberFromString(value, region));
  const written = normalisePhone(value);
  return known ? [...new Set([known.number, digitsOf(known.formatNational()), written])] : [written];
};

/**
 * The forms by which a phone number is looked up, of which a customer has one; none where there is no digit. Digits may
 * be an international number whose `+` is missing, or became a space in a query; a `tel:` before the number is none of it.
 */
export const askedPhones = (value: string): string[] => {
  const plain = value.trim().replace(/^tel:/i, '').trim();
  const international = /^[1-9]/.test(plain) ? parsePhoneNumberFromString(`+${plain}`) : undefined;
  const forms = [normalisePhone(plain), international?.isPossible() ? international.number : ''];
  return [...new Set(forms)].filter((form) => form !== '');
};

/** A number that begins with `+`, or with the `00` that stands for it in most countries. */
const internationalPhone = (value: string): PhoneNumber | undefined =>
  /^\s*(\+|00)/.test(value) ? parsePhoneNumberFromString(value.replace(/^\s*00/, '+')) : undefined;

const digitsOf = (value: string): string => value.replace(/\D/g, '');

/** The words of a name, without case and accents. */
export const wordsOf = (value: string): string[] =>
  value
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/ß/g, 'ss')
    .replace(/ø/g, 'o')
    .replace(/ł/g, 'l')
    .replace(/đ/g, 'd')
    .replace(/ς/g, 'σ')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');

/** The most different words that one search asks for. */
export const mostWords = 20;

/** What an index is asked for of a text with these words, where the rest is judged on what it finds. */
export const narrowingWords = (words: readonly string[]): string =>
  [...new Set(words)].slice(0, mostWords).join(' ');

/** The beginnings under which a word is found: from three letters on; a shorter word under itself. */
export const beginningsOf = (word: string): string[] => {
  const letters = [...word].slice(0, longestBeginning);
  if (letters.length <= shortestBeginning) return [letters.join('')];
  return letters
    .slice(shortestBeginning - 1)
    .map((_, index) => letters.slice(0, index + shortestBeginning).join(''));
};

/** The beginning by which a searched word is looked up. */
export const searchedBeginning = (word: string): string => [...word].slice(0, longestBeginning).join('');

/** The forms under which a word or a beginning may be stored: once, a sigma that ended a word was written as such. */
export const storedForms = (word: string): string[] =>
  word.endsWith('σ') ? [word, `${word.slice(0, -1)}ς`] : [word];

/** The fewest letters a beginning has. */
export const shortestBeginning = 3;

const longestBeginning = 24;
