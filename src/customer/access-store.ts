import type { Tenant } from '../access/principal.ts';
import type { HeldKey } from '../privacy/data-key.ts';

/** One entry of the access log, as it lies in storage. It names members, never values. */
export interface AccessRow {
  accessId: string;
  customerId: string;
  version: number;
  kind: 'read' | 'write';
  principal: string;
  contract: string;
  operation: string;
  requestId: string;
  /** The names of the members, as JSON. */
  fields: string;
  /** Why, sealed under the customer's key. */
  reason: Buffer | null;
}

/** An entry as it is read, with the key of its customer. */
export type StoredAccess = AccessRow & { occurredAt: Date; dataKey: HeldKey };

/** Which entries to list, the newest first. */
export interface AccessQuery {
  /** Only those of this customer and its descendants. */
  within: string | null;
  customerId?: string;
  principal?: string;
  since?: Date;
  until?: Date;
  /** Only entries before this one. */
  before: { occurredAt: Date; accessId: string } | null;
  limit: number;
}

/** What the access log needs of a database. */
export interface AccessStore {
  /** Adds entries, all or none. */
  insertAccesses(tenant: Tenant, rows: AccessRow[]): Promise<void>;
  listAccesses(tenant: Tenant, query: AccessQuery): Promise<StoredAccess[]>;
}
