import type { Customer } from '../../customer/customer.ts';
import { narrowingWords, shortestBeginning, wordsOf } from '../../customer/normalise.ts';
import type { ScanInput } from '../../customer/scan-customers.ts';
import { invalidQuery } from '../query.ts';
import { fieldOf, fields, propertyPrefix } from './fields.ts';
import { type Predicate, predicateOf, searchOf } from './predicate.ts';

/**
 * What a list is asked for: every condition must hold of the customer as the caller sees it, and what an index knows of
 * them narrows the search. Throws Refusal `invalid-query`.
 */
export const criteriaOf = (query: Record<string, string>): Pick<ScanInput, 'filters' | 'matches'> => {
  const conditions = conditionsOf(query);
  if (conditions.length === 0) return { filters: {} };
  return {
    filters: Object.assign({}, ...conditions.map(narrowing)) as Record<string, string>,
    matches: (seen) => conditions.every(({ value, predicate }) => predicate.holds(value(seen))),
  };
};

interface Condition {
  name: string;
  value(seen: Customer): ReturnType<ReturnType<typeof fieldOf>>;
  predicate: Predicate;
}

const conditionsOf = (query: Record<string, string>): Condition[] => {
  const { searchText, searchField } = query;
  const named = Object.entries(query)
    .filter(([name]) => Object.hasOwn(fields, name) || name.startsWith(propertyPrefix))
    .map(([name, text]) => ({ name, value: fieldOf(name, name), predicate: predicateOf(text, name) }));
  if (searchText === undefined) return named;
  if (searchField === undefined) throw invalidQuery('searchField', 'required', 'is required by searchText');
  const value = fieldOf(searchField, 'searchField');
  return [...named, { name: searchField, value, predicate: searchOf(searchText) }];
};

/** The indexed filters that hold of every customer of whom the condition does. */
const narrowing = ({ name, predicate: { whole, beginning } }: Condition): Record<string, string> => {
  if (name === 'name') {
    const words = whole === undefined ? wordsBegun(beginning ?? '') : wordsOf(whole);
    return words.length > 0 ? { name: narrowingWords(words) } : {};
  }
  if (whole === undefined || whole.trim() === '') return {};
  if (name === 'code') return { accountNumber: whole };
  if (name === 'country') return { country: whole };
  const isProperty = name.startsWith(propertyPrefix) && name.length > propertyPrefix.length;
  return isProperty ? { [`attributes.${name.slice(propertyPrefix.length)}`]: whole } : {};
};

/** The words of a text's beginning. The last one may go on, and is indexed from some letters on. */
const wordsBegun = (beginning: string): string[] => {
  const words = wordsOf(beginning);
  const isOpen = /[\p{L}\p{N}\p{M}]$/u.test(beginning);
  const last = words.at(-1) ?? '';
  return isOpen && [...last].length < shortestBeginning ? words.slice(0, -1) : words;
};
