import type { Customer } from './customer.ts';
import { textOf } from './record.ts';

/**
 * The highest protection level that the text of the record names, looked for once: that of the customer, or a higher one
 * that stands below another name. It spares answers that need the text alone from reading the record.
 */
export const levelInText = (customer: Customer): number => {
  customer.levelInText ??= highestLevel(textOf(customer));
  return customer.levelInText;
};

const highestLevel = (text: string): number => {
  let highest = 0;
  for (let at = text.indexOf(levelName); at >= 0; at = text.indexOf(levelName, at + levelName.length)) {
    const digit = text.charCodeAt(at + levelName.length) - digitZero;
    if (digit > highest && digit <= 9) highest = digit;
  }
  return highest;
};

/** How a member begins; within a text its quotation marks would be escaped. */
const levelName = '"protectionLevel":';
const digitZero = 48;
