import { sightOf } from '../privacy/sight.ts';
import { canonicalJson } from '../schema/canonical.ts';
import { type Context, personalRights } from './context.ts';
import type { Customer } from './customer.ts';
import type { Door } from './execute.ts';
import { firstFound, pageEndOf } from './first-found.ts';
import { listQueryOf } from './list-query.ts';
import { nameWords } from './name-words.ts';
import { wordsOf } from './normalise.ts';
import { noteFound } from './note-disclosure.ts';
import { pageToken, readPageToken } from './page-token.ts';
import { namesPersonal, personalMembersOf } from './search-filters.ts';
import { seesAll } from './view.ts';

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
    const searched = personalMembersOf(Object.keys(input.filters));
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
