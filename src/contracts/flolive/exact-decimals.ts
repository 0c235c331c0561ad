import type { Fault } from '../../errors.ts';

/**
 * Amounts of a body's text that its numbers would not keep as they were sent. Whoever needs more digits than a number
 * has sends a text.
 */
export const roundedDecimals = (rawBody: Buffer): Fault[] =>
  [...plain(rawBody.toString('utf8')).matchAll(amount)]
    .filter(([, , literal]) => isRounded(literal as string))
    .map(([, name]) => ({
      pointer: `/invoiceConfiguration/${name}`,
      rule: 'precision',
      detail: 'has more digits than a number keeps, send it as a text',
      wire: true,
    }));

/** A letter of a member's name may be written as its code; of these two names none is another character's. */
const plain = (text: string): string =>
  text.replace(
    /(?<!\\)((?:\\\\)*)\\u00([46][0-9a-f]|[57][0-9a])/gi,
    (_code, before: string, hex: string) => before + String.fromCharCode(Number.parseInt(hex, 16)),
  );

/** Inside of a text its quotes would be escaped, so what looks like a member is one. */
const amount = /"(deviceCost|vat)"\s*:\s*(-?\d[\d.eE+-]*)/g;

/** Fifteen digits are always kept; more are where the number is written the same again. */
const isRounded = (literal: string): boolean => {
  const digits = literal
    .replace(/[eE].*/, '')
    .replace(/[-.]/g, '')
    .replace(/^0+|0+$/g, '');
  return digits.length > 15 && String(Number(literal)) !== literal;
};
