import type { Tenant } from '../access/principal.ts';
import type { RetentionChange, SettableKind } from './retention.ts';
import type { StoredRequest } from './store.ts';

/** What the rights of a person need of a database beside the record and its history. Every call is of one tenant. */
export interface RightsStore {
  /** Accepted requests about a customer, in the order of their ids, after this one. */
  requestsOf(tenant: Tenant, customerId: string, after: string, limit: number): Promise<StoredRequest[]>;
  /** Replies about a customer that idempotency keys keep. */
  repliesOf(tenant: Tenant, customerId: string): Promise<{ status: number; createdAt: Date }[]>;
  /** Who is or was told of changes, as long as it is known. */
  subscribers(tenant: Tenant): Promise<Subscriber[]>;
  /** Every change of the tenant's rules of retention, the newest first. */
  retentionChanges(tenant: Tenant): Promise<RetentionChange[]>;
  /** Sets the rules, and gives the changes as `retentionChanges` does. */
  setRetention(
    tenant: Tenant,
    rules: Record<SettableKind, number | null>,
    by: { principal: string; contract: string },
  ): Promise<RetentionChange[]>;
}

/** A system that is told of changes (GDPR Art. 15(1)(c): a recipient). */
export interface Subscriber {
  id: string;
  contract: string;
  url: string;
  events: string[];
  scopes: string[];
  createdAt: Date;
  endedAt: Date | null;
}
