import { Refusal } from '../errors.ts';
import type { Context } from './context.ts';
import type { Customer } from './customer.ts';
import type { Door } from './execute.ts';
import type { PageEnd } from './page-token.ts';
import { decodeCustomer } from './record.ts';
import type { ListQuery } from './store.ts';
import type { StoredCustomer } from './stored-rows.ts';
import { UnreadableRecord } from './unreadable-record.ts';

/** A customer of a list, or one whose stored record can't be opened. */
interface Listed {
  row: StoredCustomer;
  customer: Customer | undefined;
}

/**
 * The first customers of a list that may be found, at most so many. Those between them that may not be are passed over
 * here, so that neither a page nor its token tells of one. `isFound` judges one that can't be opened as undefined: such
 * a one must not hide all the others. Throws Refusal `invalid-query` where too many would be passed over.
 */
export const firstFound = async (
  door: Door,
  { tenant }: Context,
  query: ListQuery,
  most: number,
  isFound: (customer: Customer | undefined) => boolean,
): Promise<Listed[]> => {
  const found: Listed[] = [];
  let limit = most;
  let seen = 0;
  for (let after = query.after; ; ) {
    const rows = await door.store.listCustomers(tenant, { ...query, after, limit });
    const page = rows.map((row) => ({ row, customer: opened(door, row, tenant.id) }));
    found.push(...page.filter(({ customer }) => isFound(customer)));
    const last = rows.at(-1);
    if (!last || rows.length < limit || found.length >= most) return found.slice(0, most);
    seen += rows.length;
    if (seen > door.mostScanned) throw tooMany(door.mostScanned);
    after = pageEndOf(last, query.sort);
    limit = pageSize;
  }
};

const opened = (door: Door, row: StoredCustomer, tenantId: string): Customer | undefined => {
  try {
    return decodeCustomer(row, tenantId);
  } catch (error) {
    if (!(error instanceof UnreadableRecord)) throw error;
    door.unreadable(error);
    return undefined;
  }
};

const pageSize = 500;

/** Where a list goes on after a customer. */
export const pageEndOf = (
  { customerId, number, updatedAt }: StoredCustomer,
  sort: ListQuery['sort'],
): PageEnd => ({
  value: sort === 'number' ? String(number) : updatedAt.toISOString(),
  customerId,
});

/** The refusal of a list that would have to look at more customers than it may. */
export const tooMany = (most: number): Refusal => {
  const detail = `would have to look at more than ${most} customers; narrow it by an exact filter`;
  return new Refusal('invalid-query', { detail, faults: [{ pointer: '', rule: 'tooMany', detail }] });
};
