import type { Fault } from '../../errors.ts';
import { roundedNumbers } from '../../schema/json-text.ts';

/**
 * Amounts of a body's text that its numbers would not keep as they were sent. Whoever needs more digits than a number
 * has sends a text.
 */
export const roundedDecimals = (rawBody: Buffer): Fault[] =>
  roundedNumbers(rawBody.toString('utf8'))
    .filter((pointer) => amounts.has(pointer))
    .map((pointer) => ({
      pointer,
      rule: 'precision',
      detail: 'has more digits than a number keeps, send it as a text',
      wire: true,
    }));

const amounts: ReadonlySet<string> = new Set([
  '/invoiceConfiguration/deviceCost',
  '/invoiceConfiguration/vat',
]);
