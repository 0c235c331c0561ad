import type { Tenant } from '../access/principal.ts';
import type { Customer } from './customer.ts';
import { type Gatherer, gatherer } from './gather.ts';
import { decodeCustomer } from './record.ts';
import type { Store } from './store.ts';

/** Reads by what names a customer; those that come at the same time are gathered into one statement. */
export interface GatheredReads {
  /** Undefined where nobody has the id. Throws UnreadableRecord. */
  customer(tenant: Tenant, id: string): Promise<Customer | undefined>;
  /** Undefined where nobody has the number. */
  idOfNumber(tenant: Tenant, number: number): Promise<string | undefined>;
}

/** Makes the reads of a store. */
export const gatheredReads = (store: Store): GatheredReads => ({
  customer: perTenant((tenant, ids) => readGroup(store, tenant, ids)),
  idOfNumber: perTenant((tenant, numbers) => numberGroup(store, tenant, numbers)),
});

/** Gathers reads of the same kind that come at the same time into one, tenant by tenant. */
const perTenant = <Item, Result>(
  run: (tenant: Tenant, items: Item[]) => Promise<PromiseSettledResult<Result>[]>,
): ((tenant: Tenant, item: Item) => Promise<Result>) => {
  const tenants = new Map<string, Gatherer<Item, Result>>();
  return (tenant, item) => {
    let reads = tenants.get(tenant.id);
    if (!reads) {
      reads = gatherer({ run: (items) => run(tenant, items), mostItems: 256, mostGroups: 2 });
      tenants.set(tenant.id, reads);
    }
    return reads.add(item);
  };
};

const numberGroup = async (
  store: Store,
  tenant: Tenant,
  numbers: number[],
): Promise<PromiseSettledResult<string | undefined>[]> => {
  const rows = await store.readNumbers(tenant, [], [...new Set(numbers)]);
  const ids = new Map(rows.map((row) => [row.number, row.customerId]));
  return numbers.map((number) => ({ status: 'fulfilled', value: ids.get(number) }));
};

const readGroup = async (
  store: Store,
  tenant: Tenant,
  ids: string[],
): Promise<PromiseSettledResult<Customer | undefined>[]> => {
  const rows = await store.readCustomers(tenant, [...new Set(ids)]);
  const customers = new Map(
    rows.map((row) => [row.customerId, settled(() => decodeCustomer(row, tenant.id))]),
  );
  return ids.map((id) => customers.get(id) ?? { status: 'fulfilled', value: undefined });
};

/** What was tampered with in one record fails the readers of that record alone. */
const settled = <Value>(make: () => Value): PromiseSettledResult<Value> => {
  try {
    return { status: 'fulfilled', value: make() };
  } catch (reason) {
    return { status: 'rejected', reason };
  }
};
