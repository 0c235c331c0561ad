import { invalidQuery } from '../query.ts';
import type { Value } from './fields.ts';
import { patternOf } from './pattern.ts';

/** A condition on one value; what it needs of the value's text, whatever the letter case, lets an index narrow the search. */
export interface Predicate {
  holds(value: Value): boolean;
  /** The whole text. */
  whole?: string;
  /** The beginning of the text. */
  beginning?: string;
}

/**
 * Reads a condition as the vendor writes it: `eq;FooBar`, `isEmpty`, or a bare value, which means `eq`. Throws Refusal
 * `invalid-query` at the parameter.
 */
export const predicateOf = (text: string, parameter: string): Predicate => {
  const end = text.indexOf(';');
  if (end < 0) return Object.hasOwn(unary, text) ? { holds: unary[text]! } : equal(text);
  const [operator, operand] = [text.slice(0, end), text.slice(end + 1)];
  const test = Object.hasOwn(unary, operator) && operand === '' ? unary[operator] : undefined;
  if (test) return { holds: test };
  const make = Object.hasOwn(binary, operator) ? binary[operator] : undefined;
  if (make) return make(operand);
  throw invalidQuery(parameter, 'enum', `must be one of ${forms} before its value`);
};

/** Reads `searchText`: `foo*`, `*foo*` or `*foo`; without a star the whole value. */
export const searchOf = (text: string): Predicate => {
  const matches = patternOf(text);
  return {
    holds: (value) => value !== undefined && matches(String(value)),
    ...(text.includes('*') ? { beginning: text.slice(0, text.indexOf('*')) } : { whole: text }),
  };
};

const equal = (operand: string): Predicate => ({
  holds: (value) => value !== undefined && String(value) === operand,
  whole: operand,
});

const beginning = (operand: string): Predicate => {
  const lower = operand.toLowerCase();
  return {
    holds: (value) => value !== undefined && String(value).toLowerCase().startsWith(lower),
    beginning: operand,
  };
};

/** A text without a star is looked for anywhere in the value. */
const like = (operand: string): Predicate => searchOf(operand.includes('*') ? operand : `*${operand}*`);

const not = ({ holds }: Predicate): Predicate => ({ holds: (value) => !holds(value) });

const ordered =
  (holds: (order: number) => boolean) =>
  (operand: string): Predicate => ({
    holds: (value) => value !== undefined && holds(orderOf(String(value), operand)),
  });

/** Numbers by their size where both are numbers, else texts by their characters. */
const orderOf = (one: string, other: string): number => {
  if (isNumber(one) && isNumber(other)) return Number(one) - Number(other);
  return one < other ? -1 : Number(one > other);
};

const isNumber = (text: string): boolean => /^-?\d{1,15}(\.\d{1,15})?$/.test(text);

const binary: Readonly<Record<string, (operand: string) => Predicate>> = {
  beginsWith: beginning,
  eq: equal,
  neq: (operand) => not(equal(operand)),
  gt: ordered((order) => order > 0),
  gte: ordered((order) => order >= 0),
  lt: ordered((order) => order < 0),
  lte: ordered((order) => order <= 0),
  like,
  notLike: (operand) => not(like(operand)),
};

const unary: Readonly<Record<string, (value: Value) => boolean>> = {
  isEmpty: (value) => value === undefined || value === '',
  isNotEmpty: (value) => value !== undefined && value !== '',
};

const forms = [...Object.keys(binary).map((name) => `${name};`), ...Object.keys(unary)].join(', ');
