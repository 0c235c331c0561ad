import type { Tenant } from '../access/principal.ts';
import { Refusal } from '../errors.ts';
import { applyChanges } from '../schema/diff.ts';
import type { JsonObject } from '../schema/json.ts';
import type { Context } from './context.ts';
import type { Customer } from './customer.ts';
import { type Gatherer, gatherer } from './gather.ts';
import { decodeHistory, type HistoryEntry } from './history-entry.ts';
import { isCustomerNumber, type Links, linksOf } from './links.ts';
import { decodeCustomer, withData } from './record.ts';
import { type KeptReply, mayAskFor, type Requester, resultOf, seesReply } from './request.ts';
import type { Store } from './store.ts';
import type { RequestStatus } from './stored-rows.ts';
import { protectedAs } from './view.ts';

/** Reads of the record that every edge shares. They see what the caller's key sees; nothing is masked here. */
export interface Reader {
  /** A customer that is not deleted; throws Refusal `not-found`, as they all do, and `erased` for what is left of one. */
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
  /**
   * The id of a customer that the contract names by its number, deleted or not; undefined when there is none that the
   * key sees. A change hands an unknown number to the door as a new id, so that its 404 is kept like any other.
   */
  idOfNumber(context: Context, number: number): Promise<string | undefined>;
  /** The links to the parents of customers, and from these numbers, for a view to write and read with. */
  links(context: Context, customers: readonly Customer[], numbers?: readonly number[]): Promise<Links>;
  /** How a call went that was accepted through this contract, for whom made it; throws Refusal `not-found`. */
  request(context: Context, requestId: string, requester?: Requester): Promise<AcceptedRequest>;
}

/** A call that was accepted, and how it ended. */
export interface AcceptedRequest {
  requestId: string;
  status: RequestStatus;
  customerId: string;
  createdAt: Date;
  finishedAt: Date | null;
  /** The reply, in the contract's shape. */
  result: KeptReply | null;
  /** Whether the caller of now sees as much of personal data as the one to whom the reply was made. */
  seesReply: boolean;
}

/** Makes the reader of a store. Reads by id that come at the same time are gathered into one statement. */
export const createReader = (store: Store): Reader => {
  const gathered = perTenant((tenant, ids: string[]) => readGroup(store, tenant, ids));
  const gatheredNumbers = perTenant((tenant, numbers: number[]) => numberGroup(store, tenant, numbers));
  /** The customer if the key sees it, deleted or not. */
  const visible = async (context: Context, id: string): Promise<Customer> => {
    const root = context.principal.customerId;
    const hidden =
      root !== null && root !== id && !(await store.readWithin(context.tenant, root, [id])).has(id);
    const customer = hidden ? undefined : await gathered(context.tenant, id);
    if (!customer) throw new Refusal('not-found');
    if (customer.erased) throw new Refusal('erased');
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
      return {
        customer,
        entries: rows.map((row) => decodeHistory(row, context.tenant.id, customer.dataKey)),
      };
    },
    async customerAt(context, id, at) {
      const customer = await visible(context, id);
      const rows = await store.readUpTo(context.tenant, id, at);
      const entries = rows.map((row) => decodeHistory(row, context.tenant.id, customer.dataKey));
      return protectedAs(customer, rebuilt(customer, entries, at), context);
    },
    async idOfNumber({ tenant, principal: { customerId: root } }, number) {
      const id = isCustomerNumber(number) ? await gatheredNumbers(tenant, number) : undefined;
      if (id === undefined || root === null || root === id) return id;
      return (await store.readWithin(tenant, root, [id])).has(id) ? id : undefined;
    },
    async links({ tenant, principal: { customerId: root } }, customers, numbers = []) {
      const parents = new Set(customers.flatMap(({ data }) => data.parentId ?? []));
      const asked = numbers.filter(isCustomerNumber);
      const nothing = parents.size === 0 && asked.length === 0;
      const rows = nothing ? [] : await store.readNumbers(tenant, [...parents], asked);
      const ids = rows.map((row) => row.customerId);
      const seen = root === null || nothing ? null : await store.readWithin(tenant, root, ids);
      return linksOf(rows, (id) => seen === null || seen.has(id));
    },
    async request({ tenant, principal, contract }, requestId, requester = 'principal') {
      const row = await store.readRequest(tenant, requestId);
      if (!row || row.contract !== contract || !mayAskFor(row, tenant.id, principal, requester)) {
        throw new Refusal('not-found');
      }
      const { status, customerId, createdAt, finishedAt } = row;
      const result = resultOf(row, tenant);
      const sees = seesReply(row, tenant.id, principal);
      return { requestId, status, customerId, createdAt, finishedAt, result, seesReply: sees };
    },
  };
};

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

/** The record at the newest entry: its nearest snapshot with the changes since. */
const rebuilt = (
  customer: Customer,
  entries: HistoryEntry[],
  at: { version: number } | { instant: Date },
): Customer => {
  const last = entries.at(-1);
  const missed = last === undefined || ('version' in at && last.version !== at.version);
  if (missed || last.operation === 'customer.delete') {
    const detail = 'version' in at ? 'The customer has no such version' : 'The customer was not there then';
    throw new Refusal('not-found', { detail });
  }
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
