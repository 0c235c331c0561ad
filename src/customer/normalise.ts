import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/min';

/** The form in which two exact values are compared: composed, trimmed and without case. */
export const normaliseExact = (value: string): string => value.normalize('NFKC').trim().toLowerCase();

/** The form in which two phone numbers are compared: E.164 where the number is known, else its digits. */
export const normalisePhone = (value: string, country?: string | null): string => {
  const region =
    country && /^[A-Za-z]{2}$/.test(country) ? (country.toUpperCase() as CountryCode) : undefined;
  const digits = value.replace(/\D/g, '');
  if (!value.trim().startsWith('+') && !region) return digits;
  return parsePhoneNumberFromString(value, region)?.number ?? digits;
};

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
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');

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

/** The fewest letters a beginning has. */
export const shortestBeginning = 3;

const longestBeginning = 24;
