import type { Customer } from './customer.ts';
import { bytesOf } from './record.ts';

/**
 * The highest protection level that the text of the record names, looked for once: that of the customer, or a higher one
 * that stands below another name. It spares answers that need the text alone from reading the record.
 */
export const levelInText = (customer: Customer): number => {
  customer.levelInText ??= highestLevel(bytesOf(customer));
  return customer.levelInText;
};

const highestLevel = (bytes: Buffer): number => {
  let highest = 0;
  for (let at = bytes.indexOf(levelName); at >= 0; at = bytes.indexOf(levelName, at + levelName.length)) {
    const digit = (bytes[at + levelName.length] ?? 0) - digitZero;
    if (digit > highest && digit <= 9) highest = digit;
  }
  return highest;
};

/** How a member begins; within a text its quotation marks would be escaped. */
const levelName = Buffer.from('"protectionLevel":');
const digitZero = 48;
