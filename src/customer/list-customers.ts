import { Refusal } from '../errors.ts';
import { sightOf } from '../privacy/sight.ts';
import { canonicalJson } from '../schema/canonical.ts';
import { instantOf } from '../schema/formats.ts';
import { mostInt32 } from '../schema/int32.ts';
import type { Shape } from '../schema/shape.ts';
import { canonicalUuid } from '../uuid.ts';
import { type Context, personalRights } from './context.ts';
import type { Customer } from './customer.ts';
import { personalShapes } from './disclosures.ts';
import type { Door } from './execute.ts';
import { firstFound, pageEndOf } from './first-found.ts';
import { numberOfHumanReadableId } from './human-readable-id.ts';
import { nameWords, storedTerm } from './lookup.ts';
import {
  askedPhones,
  mostWords,
  normaliseExact,
  searchedBeginning,
  storedForms,
  wordsOf,
} from './normalise.ts';
import { noteFound } from './note-disclosure.ts';
import { pageToken, readPageToken } from './page-token.ts';
import { customerShape } from './record.ts';
import type { ListQuery } from './store.ts';
import { seesAll } from './view.ts';

/** What to list: filters by name, all of which must hold. */
interface ListInput {
  filters: Record<string, string>;
  sort: 'number' | 'updatedAt';
  descending: boolean;
  limit: number;
  pageToken: string | undefined;
}

/** A page of customers, and the token of the next page when there is one. */
interface CustomerPage {
  customers: Customer[];
  /** Whom the page leaves out, since the stored record can't be opened. None where a filter names personal members. */
  unreadable: { id: string; number: number }[];
  nextPageToken: string | undefined;
}

/** Lists the customers that the caller's key sees. Throws Refusal `invalid-query` and `invalid-page-token`. */
export const listCustomers = async (
  door: Door,
  context: Context,
  input: ListInput,
): Promise<CustomerPage> => {
  door.authorise(context, ['customer:list']);
  const { tenant, principal } = context;
  // Filters in another order are the same list.
  const asked = canonicalJson([input.filters, input.sort, input.descending, principal.customerId]);
  const after = input.pageToken === undefined ? null : readPageToken(tenant, asked, input.pageToken);
  const query = listQueryOf(context, input);
  if (!query) return { customers: [], unreadable: [], nextPageToken: undefined };
  const personal = namesPersonal(input.filters);
  const isFound = personal
    ? (customer: Customer | undefined) => !!customer && mayBeFound(customer, context, input.filters)
    : () => true;
  const found = await firstFound(door, context, { ...query, after }, input.limit + 1, isFound);
  const page = found.slice(0, input.limit);
  const customers = page.flatMap(({ customer }) => customer ?? []);
  if (personal) {
    const searched = membersOf(Object.keys(input.filters));
    for (const customer of customers) noteFound(context, customer, searched);
  }
  const last = found.length > input.limit ? page.at(-1)?.row : undefined;
  return {
    customers,
    unreadable: page.flatMap(({ row, customer }) =>
      customer ? [] : [{ id: row.customerId, number: row.number }],
    ),
    nextPageToken: last && pageToken(tenant, asked, pageEndOf(last, input.sort)),
  };
};

/** How a filter looks, and whether at any personal member. */
interface SearchFilter {
  by: 'exact' | 'phone' | 'words';
  map: boolean;
  personal: boolean;
}

/** The filters that the marks of the schema give, by name; `externalIds.<name>` and the like stand for any name. */
export const searchFilters: ReadonlyMap<string, SearchFilter> = (() => {
  const filters = new Map<string, SearchFilter>();
  const visit = (shape: Shape): void => {
    const { search, map, personal } = shape.marks;
    if (search) {
      const isPersonal = personal || filters.get(search.as)?.personal === true;
      filters.set(search.as, { by: search.by, map, personal: isPersonal });
    }
    if (shape.kind === 'group') for (const member of shape.members.values()) visit(member);
    if (shape.kind === 'list') visit(shape.item);
  };
  visit(customerShape);
  return filters;
})();

/** The personal members in which filters of these names look. */
const membersOf = (names: string[]): ReadonlySet<string> =>
  new Set([...personalShapes].flatMap(([name, shape]) => (isSearchedBy(shape, names) ? [name] : [])));

const isSearchedBy = (shape: Shape, names: string[]): boolean =>
  (shape.marks.search && names.includes(shape.marks.search.as)) ||
  (shape.kind === 'list' && [...shape.item.members.values()].some((part) => isSearchedBy(part, names)));

/** Filters by name, all of which must hold; of several exact values of one, any. */
export type Filters = Record<string, string | readonly string[]>;

/** Whether one of the filters looks at personal members. */
export const namesPersonal = (filters: Filters): boolean =>
  Object.keys(filters).some((name) => searchFilters.get(name.split('.', 1)[0] as string)?.personal);

/**
 * Whether the caller may find a customer by personal members. Where they are masked it may by what it knows already: a
 * whole number, address or word. By beginnings a name could be spelled out letter by letter.
 */
const mayBeFound = (customer: Customer, context: Context, { name }: ListInput['filters']): boolean => {
  if (seesAll(customer, context)) return true;
  const sight = sightOf(customer.data.protectionLevel, personalRights(context.principal));
  if (sight !== 'mask' || name === undefined) return sight !== 'hide';
  const known = nameWords(customer.data);
  return wordsOf(name).every((word) => known.has(word));
};

/**
 * The query of a whole list, from its beginning and without end; undefined when nothing can match. Throws Refusal
 * `invalid-query`.
 */
export const listQueryOf = (
  context: Context,
  input: Pick<ListInput, 'sort' | 'descending'> & { filters: Filters },
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
