import { fullFormats } from 'ajv-formats/dist/formats.js';
import { uuidForm } from '../uuid.ts';

/** The formats that the field language knows, by the names that schemas use. */
export const formats = {
  date: fullFormats.date,
  'date-time': (value: string) => fullDateTime(value),
  uuid: uuidForm,
  email: (value: string) => isEmail(value),
  'email-list': (value: string) => value === '' || value.split(',').every((one) => isEmail(one.trim())),
  locale: (value: string) => isLocale(value),
  'time-zone': (value: string) => isTimeZone(value),
  // How wide a number is. The range that stands beside it is what is judged.
  int32: { type: 'number', validate: (_value: number) => true },
  int64: { type: 'number', validate: (_value: number) => true },
} as const;

/** An RFC 3339 instant with its time zone, of a year that every calendar here knows (1 to 9999); else undefined. */
export const instantOf = (text: string): Date | undefined => {
  const instant = new Date(fullDateTime(text) ? text : Number.NaN);
  const year = instant.getUTCFullYear();
  return year >= 1 && year <= 9999 ? instant : undefined;
};

const fullDateTime = (text: string): boolean => {
  const format = fullFormats['date-time'] as { validate: (value: string) => boolean };
  // The library takes a zone without its colon or minutes as well, and a space for the T.
  return rfc3339.test(text) && format.validate(text);
};

const rfc3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/i;

/** True for one address that mail systems accept in practice: a local part, one `@`, a domain; no spaces. */
export const isEmail = (value: string): boolean =>
  value.length <= 320 &&
  /^[^\s@,<>"]{1,64}@[^\s@,<>"]+$/u.test(value) &&
  !value.includes('..') &&
  !/[.-]$/.test(value);

/** Judges a text, and remembers short ones that were right: the same few come again and again. */
const remembered = (judge: (value: string) => boolean): ((value: string) => boolean) => {
  const right = new Set<string>();
  return (value) => {
    if (right.has(value)) return true;
    if (!judge(value)) return false;
    if (right.size < mostRemembered && value.length <= longestRemembered) right.add(value);
    return true;
  };
};

const mostRemembered = 2000;
const longestRemembered = 40;

/** True for a well-formed language tag (BCP 47). */
export const isLocale = remembered((value) => {
  try {
    return Intl.getCanonicalLocales(value).length === 1;
  } catch {
    return false;
  }
});

/** True for a time zone that the IANA database names. */
export const isTimeZone = remembered((value) => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return /^[A-Za-z]/.test(value);
  } catch {
    return false;
  }
});
