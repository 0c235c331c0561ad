import type { HeldKey } from '../privacy/data-key.ts';

/** A customer as it lies in storage: what is queried in columns, the whole record sealed. */
export interface CustomerRow {
  customerId: string;
  number: number;
  parentId: string | null;
  version: number;
  createdAt: Date;
  updatedAt: Date;
  deletedAt: Date | null;
  sealed: Buffer;
  /** The hash of its newest history entry, and the code that proves it; null before there were chains. */
  chainHead: Buffer | null;
  chainMac: Buffer | null;
}

/** What is read of a stored customer; where its chain ends is read of those alone that will be changed. */
export type StoredCustomer = Omit<CustomerRow, 'parentId' | 'chainHead' | 'chainMac'> & {
  chainHead?: Buffer | null;
  chainMac?: Buffer | null;
  /** The key under which all of the customer is sealed. */
  dataKey: HeldKey;
  /** Set when the key was destroyed: the row is a tombstone. */
  erasedAt: Date | null;
};

/** One change of one customer, as it lies in storage. */
export interface HistoryRow {
  customerId: string;
  version: number;
  recordedAt: Date;
  principal: string;
  contract: string;
  operation: string;
  open: string;
  sealed: Buffer;
  snapshot: Buffer | null;
  /** Of the entry and the one before it; null before there were chains. */
  hash: Buffer | null;
}

/** The event that tells other systems of a change. It names places, never values. */
export interface OutboxRow {
  eventId: string;
  customerId: string;
  version: number;
  type: string;
  paths: string;
}

/** The reply kept under an idempotency key. */
export interface ReplyRow {
  keyDigest: Buffer;
  fingerprint: Buffer;
  customerId: string;
  status: number;
  headers: string;
  sealed: Buffer;
  createdAt: Date;
}

/** A token by which customers are found; they are named by number, so that what is found lies in the order of lists. */
export interface LookupRow {
  field: string;
  token: Buffer;
  number: number;
}

/** A token of a value that one customer alone may hold. */
export interface TokenRow {
  field: string;
  token: Buffer;
  customerId: string;
}

/** A change that was accepted to be applied later. */
export interface RequestRow {
  requestId: string;
  principal: string;
  contract: string;
  customerId: string;
  status: RequestStatus;
  sealed: Buffer;
  result: Buffer | null;
  createdAt: Date;
  finishedAt: Date | null;
}

/** A reply as it is read, with the key of the customer that it is about. */
export type StoredReply = ReplyRow & { dataKey: HeldKey };

/** A request as it is read, with the key of the customer that it is about. */
export type StoredRequest = RequestRow & { dataKey: HeldKey };

/** Where an accepted change is: `open` until it was made or refused; the other two are final. */
export type RequestStatus = 'open' | 'succeeded' | 'failed';

/** How an accepted change ended; `result` is the sealed reply. */
export interface RequestEnd {
  requestId: string;
  status: 'succeeded' | 'failed';
  result: Buffer;
}
