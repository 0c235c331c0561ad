import { type Fault, Refusal } from '../errors.ts';
import type { Call } from './contract.ts';

/** Reads `true` or `false`; absent is false. Throws Refusal `invalid-query`. */
export const booleanQuery = (call: Call, name: string): boolean => {
  const value = call.query[name];
  if (value === undefined || value === 'false') return false;
  if (value === 'true' || value === '') return true;
  throw invalidQuery(name, 'type', 'must be true or false');
};

/** Reads a whole number in a range. Throws Refusal `invalid-query`. */
export const integerQuery = (
  call: Call,
  name: string,
  minimum: number,
  maximum: number,
  byDefault: number,
): number => {
  const value = call.query[name];
  if (value === undefined) return byDefault;
  const number = Number(value);
  if (/^\d{1,15}$/.test(value) && number >= minimum && number <= maximum) return number;
  throw invalidQuery(name, 'range', `must be a whole number from ${minimum} to ${maximum}`);
};

/** Reads one of a closed list of words. Throws Refusal `invalid-query`. */
export const choiceQuery = <const V extends string>(
  call: Call,
  name: string,
  values: readonly V[],
): V | undefined => {
  const value = call.query[name];
  if (value === undefined || (values as readonly string[]).includes(value)) return value as V | undefined;
  throw invalidQuery(name, 'enum', `must be one of ${values.join(', ')}`);
};

/** A refused query parameter, by its name and never by its value. */
export const invalidQuery = (name: string, rule: string, detail: string): Refusal => {
  const fault: Fault = { pointer: name, rule, detail };
  return new Refusal('invalid-query', { faults: [fault] });
};
