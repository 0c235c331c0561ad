import { Refusal } from '../errors.ts';
import { instantOf } from '../schema/formats.ts';
import { mostInt32 } from '../schema/int32.ts';
import { canonicalUuid } from '../uuid.ts';
import type { Context } from './context.ts';
import { numberOfHumanReadableId } from './human-readable-id.ts';
import { storedTerm } from './lookup-tokens.ts';
import {
  askedPhones,
  mostWords,
  normaliseExact,
  searchedBeginning,
  storedForms,
  wordsOf,
} from './normalise.ts';
import { type Filters, searchFilters } from './search-filters.ts';
import type { ListQuery } from './store.ts';

/**
 * The query of a whole list, from its beginning and without end; undefined when nothing can match. Throws Refusal
 * `invalid-query`.
 */
export const listQueryOf = (
  context: Context,
  input: Pick<ListQuery, 'sort' | 'descending'> & { filters: Filters },
): ListQuery | undefined => {
  const query: ListQuery = {
    within: context.principal.customerId,
    tokens: [],
    sort: input.sort,
    descending: input.descending,
    after: null,
    limit: null,
  };
  for (const [name, value] of Object.entries(input.filters)) {
    if (typeof value !== 'string') query.tokens.push(anyTokenOf(context, name, value.map(normaliseExact)));
    else if (!addFilter(context, query, name, value)) return undefined;
  }
  return query;
};

/** Adds one filter; false when no customer can match it. */
const addFilter = (context: Context, query: ListQuery, name: string, value: string): boolean => {
  const refuse = (rule: string, detail: string) =>
    new Refusal('invalid-query', { faults: [{ pointer: name, rule, detail }] });
  switch (name) {
    case 'parentId': {
      const id = value === 'none' ? null : canonicalUuid(value);
      if (id === undefined) throw refuse('format', 'must be a customer id, or none');
      query.parentId = id;
      return true;
    }
    case 'number':
      if (!/^\d{1,10}$/.test(value)) throw refuse('format', 'must be a whole number');
      return addNumber(query, Number(value));
    case 'humanReadableId': {
      const number = numberOfHumanReadableId(context.tenant.id, value);
      return number !== undefined && addNumber(query, number);
    }
    case 'updatedSince': {
      const instant = instantOf(value);
      if (!instant) throw refuse('format', 'must be a date-time with its time zone');
      query.updatedSince = instant;
      return true;
    }
    default:
      query.tokens.push(...tokensOf(context, name, value, refuse));
      return query.tokens.every(({ anyOf }) => anyOf.length > 0);
  }
};

/** Two filters can name a number; both must hold. */
const addNumber = (query: ListQuery, number: number): boolean => {
  if (number > mostInt32 || (query.number !== undefined && query.number !== number)) return false;
  query.number = number;
  return true;
};

const tokensOf = (
  context: Context,
  name: string,
  value: string,
  refuse: (rule: string, detail: string) => Refusal,
): ListQuery['tokens'] => {
  const filter = searchFilters.get(name.split('.')[0] as string);
  if (!filter || filter.map !== name.includes('.')) throw refuse('unknownParameter', 'is not a known filter');
  if (filter.by === 'phone') return [anyTokenOf(context, name, askedPhones(value))];
  if (filter.by === 'exact') return [anyTokenOf(context, name, [normaliseExact(value)])];
  const words = new Set(wordsOf(value).map(searchedBeginning));
  if (words.size === 0) throw refuse('minLength', 'must hold a word');
  if (words.size > mostWords) throw refuse('maxItems', `must hold at most ${mostWords} different words`);
  return [...words].map((word) => anyTokenOf(context, name, storedForms(word)));
};

/** Finds those who have one of these terms; nobody where there are none. */
const anyTokenOf = (
  { tenant }: Context,
  name: string,
  terms: readonly string[],
): ListQuery['tokens'][number] => {
  const tokens = terms.map((term) => storedTerm(tenant, { field: name, term }));
  return { field: tokens[0]?.field ?? name, anyOf: tokens.map(({ token }) => token) };
};
