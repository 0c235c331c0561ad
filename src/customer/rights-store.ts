import type { Tenant } from '../access/principal.ts';
import type { RetentionChange, SettableKind } from './retention.ts';
import type { StoredRequest } from './stored-rows.ts';

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
  /** Looks at some customers whose last change is older than a rule allows. */
  dueCustomers(tenant: Tenant, query: DueQuery): Promise<DueCustomers>;
}

/** A rule, and from where on customers are looked at, in the order of their last changes. */
export interface DueQuery {
  kind: 'deletedCustomers' | 'closedCustomers';
  days: number;
  after: DuePlace | null;
  limit: number;
}

/** A place in the order of last changes; the time as the database says it. */
export interface DuePlace {
  at: string;
  customerId: string;
}

/** Those of the customers that the rule is about, where the look ended, and whether there are more. */
export interface DueCustomers {
  due: string[];
  last: DuePlace | null;
  more: boolean;
}

/** A system that is told of changes (GDPR Art. 15(1)(c): a recipient). */
interface Subscriber {
  id: string;
  contract: string;
  url: string;
  events: string[];
  scopes: string[];
  createdAt: Date;
  endedAt: Date | null;
}
