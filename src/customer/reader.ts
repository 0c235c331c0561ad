import { Refusal } from '../errors.ts';
import type { Context } from './context.ts';
import type { Customer } from './customer.ts';
import { customerAt, type PointInHistory } from './customer-at.ts';
import { gatheredReads } from './gathered-reads.ts';
import { decodeHistory, type HistoryEntry } from './history-entry.ts';
import { isCustomerNumber, type Links, linksOf } from './links.ts';
import { type KeptReply, mayAskFor, type Requester, resultOf, seesReply } from './request.ts';
import type { Store } from './store.ts';
import type { HistoryRow, RequestStatus } from './stored-rows.ts';
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
  customerAt(context: Context, id: string, at: PointInHistory): Promise<Customer>;
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
  const gathered = gatheredReads(store);
  /** The customer if the key sees it, deleted or not. */
  const visible = async (context: Context, id: string): Promise<Customer> => {
    const root = context.principal.customerId;
    const hidden =
      root !== null && root !== id && !(await store.readWithin(context.tenant, root, [id])).has(id);
    const customer = hidden ? undefined : await gathered.customer(context.tenant, id);
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
      return { customer, entries: entriesOf(rows, customer) };
    },
    async customerAt(context, id, at) {
      const customer = await visible(context, id);
      const rows = await store.readUpTo(context.tenant, id, at);
      return protectedAs(customer, customerAt(customer, entriesOf(rows, customer), at), context);
    },
    async idOfNumber({ tenant, principal: { customerId: root } }, number) {
      const id = isCustomerNumber(number) ? await gathered.idOfNumber(tenant, number) : undefined;
      if (id === undefined || root === null || root === id) return id;
      return (await store.readWithin(tenant, root, [id])).has(id) ? id : undefined;
    },
    links: (context, customers, numbers) => readLinks(store, context, customers, numbers),
    request: (context, requestId, requester) => readAccepted(store, context, requestId, requester),
  };
};

const entriesOf = (rows: readonly HistoryRow[], { tenantId, dataKey }: Customer): HistoryEntry[] =>
  rows.map((row) => decodeHistory(row, tenantId, dataKey));

const readLinks = async (
  store: Store,
  { tenant, principal: { customerId: root } }: Context,
  customers: readonly Customer[],
  numbers: readonly number[] = [],
): Promise<Links> => {
  const parents = new Set(customers.flatMap(({ data }) => data.parentId ?? []));
  const asked = numbers.filter(isCustomerNumber);
  const nothing = parents.size === 0 && asked.length === 0;
  const rows = nothing ? [] : await store.readNumbers(tenant, [...parents], asked);
  const ids = rows.map((row) => row.customerId);
  const seen = root === null || nothing ? null : await store.readWithin(tenant, root, ids);
  return linksOf(rows, (id) => seen === null || seen.has(id));
};

const readAccepted = async (
  store: Store,
  { tenant, principal, contract }: Context,
  requestId: string,
  requester: Requester = 'principal',
): Promise<AcceptedRequest> => {
  const row = await store.readRequest(tenant, requestId);
  if (!row || row.contract !== contract || !mayAskFor(row, tenant.id, principal, requester)) {
    throw new Refusal('not-found');
  }
  const { status, customerId, createdAt, finishedAt } = row;
  const result = resultOf(row, tenant);
  const sees = seesReply(row, tenant.id, principal);
  return { requestId, status, customerId, createdAt, finishedAt, result, seesReply: sees };
};
