import { mostInt32 } from '../schema/int32.ts';
import { uuidBytes } from '../uuid.ts';

/**
 * The id a customer reads out in a support call, like `29A-BY3Z-X78`: unique in the tenant, stable, without
 * characters that look alike, and with a check character that tells every single slip. It is the customer number
 * under a permutation keyed by the tenant, so it needs no storage and does not show how many customers there are.
 */
export const humanReadableId = (tenantId: string, number: number): string => {
  const digits = toDigits(permute(roundKeys(tenantId), number));
  digits.push(checkDigit(digits));
  let characters = '';
  for (const digit of digits) characters += alphabet[digit];
  return `${characters.slice(0, 3)}-${characters.slice(3, 7)}-${characters.slice(7)}`;
};

/** The customer number behind such an id; undefined when it is not one of this tenant. Case and dashes don't matter. */
export const numberOfHumanReadableId = (tenantId: string, text: string): number | undefined => {
  const characters = [...text.toUpperCase().replace(/[\s-]/g, '')];
  const digits = characters.map((character) => alphabet.indexOf(character));
  const check = digits.pop();
  if (digits.length !== digitCount || digits.includes(-1) || check !== checkDigit(digits)) return undefined;
  const value = digits.reduce((sum, digit) => sum * alphabet.length + digit, 0);
  if (value >= halfSize * halfSize) return undefined;
  const number = permute(roundKeys(tenantId).toReversed(), value, true);
  return number >= 1 && number <= mostInt32 ? number : undefined;
};

const alphabet = '23456789ABCDEFGHJKMNPQRSTVWXYZ';
const digitCount = 9;
const halfSize = 2 ** 22;

/** A Feistel network over 44 bits, exact in a number: a permutation, whatever its round function is. */
const permute = (keys: readonly number[], value: number, back = false): number => {
  let left = Math.floor(value / halfSize);
  let right = value % halfSize;
  for (const key of keys) {
    if (back) [left, right] = [right ^ mix(key, left), left];
    else [left, right] = [right, left ^ mix(key, right)];
  }
  return left * halfSize + right;
};

/** MurmurHash3's finaliser: every bit of the half and the key reaches every bit of the result. */
const mix = (key: number, half: number): number => {
  let hash = half ^ key;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) % halfSize;
};

/** The keys of the tenant that was asked for last are remembered: requests mostly come tenant by tenant. */
const roundKeys = (tenantId: string): readonly number[] => {
  if (last.tenantId !== tenantId) {
    const bytes = uuidBytes(tenantId);
    const keys = [0, 4, 8, 12].map((start) => bytes.readInt32BE(start));
    last = { tenantId, keys };
  }
  return last.keys;
};

let last: { tenantId: string; keys: readonly number[] } = { tenantId: '', keys: [] };

const toDigits = (value: number): number[] => {
  const digits = new Array<number>(digitCount);
  for (let place = digitCount - 1, rest = value; place >= 0; place--) {
    digits[place] = rest % alphabet.length;
    rest = Math.floor(rest / alphabet.length);
  }
  return digits;
};

/** Weights coprime to the alphabet's size: one wrong character always changes the sum. */
const checkDigit = (digits: number[]): number =>
  digits.reduce((sum, digit, index) => (sum + digit * (weights[index] ?? 1)) % alphabet.length, 0);

const weights = [1, 7, 11, 13, 17, 19, 23, 29, 1];
