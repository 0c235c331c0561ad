import { Refusal } from '../errors.ts';
import { sightOf } from '../privacy/mask.ts';
import { instantOf } from '../schema/formats.ts';
import type { Shape } from '../schema/shape.ts';
import { type Context, personalRights } from './context.ts';
import type { Customer } from './customer.ts';
import { personalShapes } from './disclosures.ts';
import type { Door } from './execute.ts';
import { numberOfHumanReadableId } from './human-readable-id.ts';
import { storedTerm } from './lookup.ts';
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
import { customerShape, decodeCustomer } from './record.ts';
import type { ListQuery } from './store.ts';
import { seesAll } from './view.ts';

/** What to list: filters by name, all of which must hold. */
export interface ListInput {
  filters: Record<string, string>;
  sort: 'number' | 'updatedAt';
  descending: boolean;
  limit: number;
  pageToken: string | undefined;
}

/** A page of customers, and the token of the next page when there is one. */
export interface CustomerPage {
  customers: Customer[];
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
  const asked = JSON.stringify([input.filters, input.sort, input.descending, principal.customerId]);
  const after = input.pageToken === undefined ? null : readPageToken(tenant, asked, input.pageToken);
  const query = listQueryOf(context, input);
  if (!query) return { customers: [], nextPageToken: undefined };
  const rows = await door.store.listCustomers(tenant, { ...query, after, limit: input.limit + 1 });
  const page = rows.slice(0, input.limit).map((row) => decodeCustomer(row, tenant.id));
  const last = rows.length > input.limit ? page.at(-1) : undefined;
  const end = last && {
    value: input.sort === 'number' ? String(last.number) : last.updatedAt.toISOString(),
    customerId: last.id,
  };
  const personal = namesPersonal(input.filters);
  const found = personal ? page.filter((customer) => mayBeFound(customer, context)) : page;
  if (personal) {
    const searched = membersOf(Object.keys(input.filters));
    for (const customer of found) noteFound(context, customer, searched);
  }
  return {
    customers: found,
    nextPageToken: end && pageToken(tenant, asked, end),
  };
};

/** The filters that the marks of the schema give, by name; `externalIds.<name>` and the like stand for any name. */
export const searchFilters: ReadonlyMap<string, { by: 'exact' | 'phone' | 'words'; map: boolean }> = (() => {
  const filters = new Map<string, { by: 'exact' | 'phone' | 'words'; map: boolean }>();
  const visit = (shape: Shape): void => {
    const { search } = shape.marks;
    if (search) filters.set(search.as, { by: search.by, map: mapNames.has(search.as) });
    if (shape.kind === 'group') for (const member of shape.members.values()) visit(member);
    if (shape.kind === 'list') visit(shape.item);
  };
  const mapNames = new Set(['externalIds', 'attributes']);
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
  Object.keys(filters).some((name) => personalFilters.has(name));

const personalFilters = new Set(['name', 'email', 'phone', 'identifier']);

/** A record whose personal members are hidden from the caller is not found by them. */
const mayBeFound = (customer: Customer, context: Context): boolean =>
  seesAll(customer, context) ||
  sightOf(customer.data.protectionLevel, personalRights(context.principal)) !== 'hide';

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

const uuidForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Adds one filter; false when no customer can match it. */
const addFilter = (context: Context, query: ListQuery, name: string, value: string): boolean => {
  const refuse = (rule: string, detail: string) =>
    new Refusal('invalid-query', { faults: [{ pointer: name, rule, detail }] });
  switch (name) {
    case 'parentId':
      if (value !== 'none' && !uuidForm.test(value)) throw refuse('format', 'must be a customer id, or none');
      query.parentId = value === 'none' ? null : value;
      return true;
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
  if (number > mostNumber || (query.number !== undefined && query.number !== number)) return false;
  query.number = number;
  return true;
};

const mostNumber = 2_147_483_647;

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
