import type { Fault } from '../../errors.ts';

/**
 * Amounts of a body's text that its numbers would not keep as they were sent. Whoever needs more digits than a number
 * has sends a text.
 */
export const roundedDecimals = (rawBody: Buffer): Fault[] =>
  [...rawBody.toString('utf8').matchAll(amount)]
    .filter(([, , literal]) => isRounded(literal as string))
    .map(([, name]) => ({
      pointer: `/invoiceConfiguration/${name}`,
      rule: 'precision',
      detail: 'has more digits than a number keeps, send it as a text',
      wire: true,
    }));

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
