import type { Fault } from '../../errors.ts';
import { roundedNumbers } from '../../schema/json-text.ts';

/**
 * The credit limit of a body's text, be it a model or a JSON Patch, where a number would not keep it as it was sent. All
 * other numbers of the page are whole.
 */
export const roundedAmounts = (rawBody: Buffer): Fault[] =>
  roundedNumbers(rawBody.toString('utf8'))
    .filter((pointer) => amount.test(pointer))
    .map((pointer) => ({ pointer, rule: 'precision', detail: 'has more digits than a number keeps' }));

const amount = /^(\/finance\/balance_limit|\/\d+\/value(\/finance)?(\/balance_limit)?)$/;
