import type { Tenant } from '../access/principal.ts';
import { Refusal } from '../errors.ts';
import { applyChanges } from '../schema/diff.ts';
import type { JsonObject } from '../schema/json.ts';
import type { Context } from './context.ts';
import type { Customer } from './customer.ts';
import { type Gatherer, gatherer } from './gather.ts';
import { decodeHistory, type HistoryEntry } from './history-entry.ts';
import { decodeCustomer, withData } from './record.ts';
import type { Store } from './store.ts';
import { protectedAs } from './view.ts';

/** Reads of the record that every edge shares. They see what the caller's key sees; nothing is masked here. */
export interface Reader {
  /** A customer that is not deleted; throws Refusal `not-found`. */
  customer(context: Context, id: string): Promise<Customer>;
  /** A customer, deleted or not, with its entries below `before`, the newest first; throws Refusal `not-found`. */
  history(
    context: Context,
    id: string,
    before: number,
    limit: number,
  ): Promise<{ customer: Customer; entries: HistoryEntry[] }>;
  /** The customer as it was, protected as it is now; throws Refusal `not-found` when it was not there then. */
  customerAt(context: Context, id: string, at: { version: number } | { instant: Date }): Promise<Customer>;
}

/** Makes the reader of a store. Reads by id that come at the same time are gathered into one statement. */
export const createReader = (store: Store): Reader => {
  const tenants = new Map<string, Gatherer<string, Customer | undefined>>();
  const gathered = (tenant: Tenant, id: string): Promise<Customer | undefined> => {
    let reads = tenants.get(tenant.id);
    if (!reads) {
      reads = gatherer({ run: (ids) => readGroup(store, tenant, ids), mostItems: 256, mostGroups: 2 });
      tenants.set(tenant.id, reads);
    }
    return reads.add(id);
  };
  /** The customer if the key sees it, deleted or not. */
  const visible = async (context: Context, id: string): Promise<Customer> => {
    const root = context.principal.customerId;
    const hidden =
      root !== null && root !== id && !(await store.readWithin(context.tenant, root, [id])).has(id);
    const customer = hidden ? undefined : await gathered(context.tenant, id);
    if (!customer) throw new Refusal('not-found');
    return customer;
  };
  return {
    async customer(context, id) {
      const customer = await visible(context, id);
      if (customer.deletedAt) throw new Refusal('not-found');
      return customer;
    },
    async history(context, id, before, limit) {
      const customer = await visible(context, id);
      const rows = await store.readHistory(context.tenant, id, before, limit);
      return { customer, entries: rows.map((row) => decodeHistory(row, context.tenant.id)) };
    },
    async customerAt(context, id, at) {
      const customer = await visible(context, id);
      const rows = await store.readUpTo(context.tenant, id, at);
      const entries = rows.map((row) => decodeHistory(row, context.tenant.id));
      return protectedAs(customer, rebuilt(customer, entries, at), context);
    },
  };
};

const readGroup = async (
  store: Store,
  tenant: Tenant,
  ids: string[],
): Promise<PromiseSettledResult<Customer | undefined>[]> => {
  const rows = await store.readCustomers(tenant, [...new Set(ids)]);
  const customers = new Map(rows.map((row) => [row.customerId, decodeCustomer(row, tenant.id)]));
  return ids.map((id) => ({ status: 'fulfilled', value: customers.get(id) }));
};

/** The record at the newest entry: its nearest snapshot with the changes since. */
const rebuilt = (
  customer: Customer,
  entries: HistoryEntry[],
  at: { version: number } | { instant: Date },
): Customer => {
  const last = entries.at(-1);
  const missed = last === undefined || ('version' in at && last.version !== at.version);
  if (missed || last.operation === 'customer.delete') throw new Refusal('not-found');
  const data = entries.reduce<JsonObject>(
    (record, entry) =>
      entry.snapshot === null
        ? applyChanges(record, entry.changes)
        : (JSON.parse(entry.snapshot) as JsonObject),
    {},
  );
  return {
    ...withData(customer, data),
    version: last.version,
    updatedAt: last.recordedAt,
    deletedAt: null,
  };
};
