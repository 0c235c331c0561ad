import type { KeyObject } from 'node:crypto';
import type { Tenant } from '../access/principal.ts';
import type { DataKey } from '../privacy/data-key.ts';
import type { SigningKey } from '../privacy/signing-key.ts';
import type { AccessRow, AccessStore } from './access-store.ts';
import type { ErasureStore } from './erasure-store.ts';
import type { RightsStore } from './rights-store.ts';
import type {
  CustomerRow,
  HistoryRow,
  LookupRow,
  OutboxRow,
  ReplyRow,
  RequestEnd,
  RequestRow,
  StoredCustomer,
  StoredReply,
  StoredRequest,
  TokenRow,
} from './stored-rows.ts';

/** What a group has to read before it can decide. */
export interface Needs {
  /** Customers to change. */
  customers: string[];
  /** Lock them first, so that a group that met another process's change does not meet the next one too. */
  lock: boolean;
  /** Customers to look at. */
  others: string[];
  replies: Buffer[];
  requests: string[];
  structure: boolean;
  ancestorsOf: string[];
  childrenOf: string[];
  history: HistoryRange[];
  owners: { field: string; token: Buffer }[];
  /** Customers whose number is asked for, and numbers whose customer is. */
  numbersOfIds: string[];
  idsOfNumbers: number[];
}

/** The entries of a customer with versions from `from` to `to`. */
export interface HistoryRange {
  customerId: string;
  from: number;
  to: number;
}

/** What was read, and for what was asked. `now` is the database's clock, the only one that counts. */
export interface Loaded {
  now: Date;
  /** Makes the key of a customer that has none. */
  newDataKey(): DataKey;
  /** Proves where the tenant's chains end. */
  chainSecret: KeyObject;
  /** Whether each customer of the tenant has a chain; else one of before there were chains has none yet. */
  allChained: boolean;
  othersAsked: string[];
  customers: StoredCustomer[];
  replies: StoredReply[];
  /** Those of the asked requests that are still open. */
  openRequests: OpenRequest[];
  structure: { lastNumber: number; version: number } | null;
  /** Parent links from the asked customers up to their roots. */
  links: { customerId: string; parentId: string | null }[];
  childrenOf: string[];
  children: { customerId: string; parentId: string }[];
  historyOf: HistoryRange[];
  history: HistoryRow[];
  ownersOf: { field: string; token: Buffer }[];
  owners: TokenRow[];
  numbersOfIds: string[];
  idsOfNumbers: number[];
  numbered: NumberedCustomer[];
}

/** A request that waits, and the key of its customer, who may not be there yet. */
export type OpenRequest = Pick<StoredRequest, 'requestId' | 'customerId' | 'dataKey'>;

/** A customer's id and its number. */
export interface NumberedCustomer {
  customerId: string;
  number: number;
}

/** Everything a group writes, in one transaction. */
export interface Writes {
  now: Date;
  /** The keys of customers that had none. */
  keys: { customerId: string; dataKey: DataKey }[];
  created: CustomerRow[];
  updated: (CustomerRow & { expectedVersion: number; expectedHead: Buffer | null })[];
  history: HistoryRow[];
  /** What the access log says of what was shown and changed. */
  accesses: AccessRow[];
  events: OutboxRow[];
  replies: ReplyRow[];
  openedRequests: RequestRow[];
  endedRequests: RequestEnd[];
  lookups: { added: LookupRow[]; removed: LookupRow[] };
  uniques: { added: TokenRow[]; removed: TokenRow[] };
  structure: { lastNumber: number; expectedVersion: number } | null;
}

/** One transaction of a group commit. */
export interface GroupTransaction {
  load(needs: Needs): Promise<Loaded>;
  /** Writes all of it; false when another process was faster somewhere, and nothing may be committed. */
  save(writes: Writes): Promise<boolean>;
}

/** Which customers to list, in which order, and which part of them. */
export interface ListQuery {
  /** Only this customer and its descendants. */
  within: string | null;
  /** Of each of these a customer must have a token. */
  tokens: { field: string; anyOf: Buffer[] }[];
  parentId?: string | null;
  number?: number;
  updatedSince?: Date;
  sort: 'number' | 'updatedAt';
  descending: boolean;
  after: { value: string; customerId: string } | null;
  /** How many rows to leave out first. */
  offset?: number;
  /** Null for all. */
  limit: number | null;
}

/** What the door needs of a database. Every call is of one tenant. */
export interface Store extends RightsStore, ErasureStore, AccessStore {
  /** Runs a group; commits when `work` gives a value, rolls back when it throws. Retries serialisation failures. */
  transact<T>(tenant: Tenant, work: (tx: GroupTransaction) => Promise<T>): Promise<T>;
  readCustomers(tenant: Tenant, ids: string[]): Promise<StoredCustomer[]>;
  /** The customers of these ids and of these numbers, deleted ones included. */
  readNumbers(tenant: Tenant, ids: string[], numbers: number[]): Promise<NumberedCustomer[]>;
  /** The ids among these that are the given customer or its descendants. */
  readWithin(tenant: Tenant, rootId: string, ids: string[]): Promise<Set<string>>;
  listCustomers(tenant: Tenant, query: ListQuery): Promise<StoredCustomer[]>;
  /** How many customers a query finds in all, whatever page it asks for. */
  countCustomers(tenant: Tenant, query: ListQuery): Promise<number>;
  /** Changes of a customer with versions below `before`, the newest first. */
  readHistory(tenant: Tenant, customerId: string, before: number, limit: number): Promise<HistoryRow[]>;
  /** The newest snapshot at or before the version (or instant) and the changes after it up to there, oldest first. */
  readUpTo(
    tenant: Tenant,
    customerId: string,
    at: { version: number } | { instant: Date },
  ): Promise<HistoryRow[]>;
  readRequest(tenant: Tenant, requestId: string): Promise<StoredRequest | undefined>;
  /** Accepted changes that wait, the oldest first. */
  openRequests(tenant: Tenant, limit: number): Promise<StoredRequest[]>;
  /** The key with which the tenant signs what others shall be able to judge. */
  signingKey(tenant: Tenant): Promise<SigningKey>;
}

/** No needs. */
export const noNeeds = (): Needs => ({
  customers: [],
  lock: false,
  others: [],
  replies: [],
  requests: [],
  structure: false,
  ancestorsOf: [],
  childrenOf: [],
  history: [],
  owners: [],
  numbersOfIds: [],
  idsOfNumbers: [],
});

/** Nothing to write. */
export const noWrites = (now: Date): Writes => ({
  now,
  keys: [],
  created: [],
  updated: [],
  history: [],
  accesses: [],
  events: [],
  replies: [],
  openedRequests: [],
  endedRequests: [],
  lookups: { added: [], removed: [] },
  uniques: { added: [], removed: [] },
  structure: null,
});
