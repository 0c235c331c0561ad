import { sightOf } from '../privacy/sight.ts';
import { type Context, personalRights } from './context.ts';
import type { Customer } from './customer.ts';
import type { Door } from './execute.ts';
import { tooMany } from './first-found.ts';
import { listQueryOf } from './list-query.ts';
import { noteShown } from './note-disclosure.ts';
import type { PageEnd } from './page-token.ts';
import { decodeCustomer } from './record.ts';
import { type Filters, namesPersonal } from './search-filters.ts';
import type { ListQuery } from './store.ts';
import { asSeen } from './view.ts';

/** What to look for, where a contract filters and sorts by more than is indexed. */
export interface ScanInput {
  /** Filters that are indexed, as those of `listCustomers`; all must hold, and what they leave is what is looked at. */
  filters: Filters;
  /** Judges the customer as the caller sees it, so that a list tells nothing of what is masked. */
  matches?(seen: Customer): boolean;
  /** The order, of customers as the caller sees them; by number unless given, and where it says 0. */
  compare?(one: Customer, other: Customer): number;
  /** Begins after this customer; for lists by number that go on where another one ended. */
  after?: PageEnd;
  offset: number;
  limit: number;
  /** Whether to count all that match. */
  total: boolean;
}

/** A part of a list: the customers as the caller may see them, whether there are more, and how many in all if asked. */
export interface Scan {
  customers: Customer[];
  hasMore: boolean;
  total?: number;
}

/**
 * Lists the customers that the caller's key sees. What the index can't judge is judged here, page by page; a list that
 * would have to look at more than the door's `mostScanned` is refused, never cut. Customers whose personal members the
 * caller does not see are not found by filters that name such members. Throws Refusal `invalid-query` and `forbidden`.
 */
export const scanCustomers = async (door: Door, context: Context, input: ScanInput): Promise<Scan> => {
  door.authorise(context, ['customer:list']);
  const query = listQueryOf(context, { filters: input.filters, sort: 'number', descending: false });
  if (!query) return { customers: [], hasMore: false, ...(input.total ? { total: 0 } : {}) };
  const personal = namesPersonal(input.filters);
  const isSimple = !input.matches && !input.compare && !personal;
  if (isSimple) return noted(context, await readPart(door, context, query, input));
  const matches = (seen: Customer): boolean =>
    (!personal || showsPersonal(seen, context)) && (input.matches?.(seen) ?? true);
  return noted(context, await scan(door, context, query, { ...input, matches }));
};

/** Those on the page are shown; those that were only looked at are not. */
const noted = (context: Context, part: Scan): Scan => {
  for (const customer of part.customers) noteShown(context, customer);
  return part;
};

const pageSize = 500;

const showsPersonal = ({ data }: Customer, { principal }: Context): boolean =>
  sightOf(data.protectionLevel, personalRights(principal)) === 'show';

/** The database finds, orders and counts by itself. */
const readPart = async (
  { store }: Door,
  context: Context,
  query: ListQuery,
  { after, offset, limit, total }: ScanInput,
): Promise<Scan> => {
  const { tenant } = context;
  const [rows, count] = await Promise.all([
    store.listCustomers(tenant, { ...query, after: after ?? null, offset, limit: limit + 1 }),
    total ? store.countCustomers(tenant, query) : undefined,
  ]);
  return {
    customers: rows.slice(0, limit).map((row) => asSeen(decodeCustomer(row, tenant.id), context)),
    hasMore: rows.length > limit,
    ...(count === undefined ? {} : { total: count }),
  };
};

/** Looks at every customer in turn, and keeps no more of them than the answer needs. */
const scan = async (
  { store, mostScanned }: Door,
  context: Context,
  query: ListQuery,
  input: ScanInput & Required<Pick<ScanInput, 'matches'>>,
): Promise<Scan> => {
  const { tenant } = context;
  const { offset, limit, compare } = input;
  const wanted = offset + limit + 1;
  let kept: Customer[] = [];
  let total = 0;
  let seen = 0;
  for (let after: ListQuery['after'] = input.after ?? null; ; ) {
    const rows = await store.listCustomers(tenant, { ...query, after, limit: pageSize });
    seen += rows.length;
    if (seen > mostScanned) throw tooMany(mostScanned);
    const found = rows
      .map((row) => asSeen(decodeCustomer(row, tenant.id), context))
      .filter((customer) => input.matches(customer));
    total += found.length;
    kept = [...kept, ...found];
    if (compare) kept.sort(compare);
    kept = kept.slice(0, wanted);
    const last = rows.at(-1);
    const isEnough = kept.length === wanted && !compare && !input.total;
    if (!last || rows.length < pageSize || isEnough) break;
    after = { value: String(last.number), customerId: last.customerId };
  }
  return {
    customers: kept.slice(offset, offset + limit),
    hasMore: kept.length === wanted,
    ...(input.total ? { total } : {}),
  };
};
