import type { Tenant } from '../access/principal.ts';

/** What a certificate tells of an erasure: no personal value, and nothing that changes any more. */
export interface ErasureFacts {
  erasureId: string;
  customerId: string;
  number: number;
  /** When it was asked for, and whether the window was waived: null of an erasure that is known from the ledger alone. */
  requestedAt: Date | null;
  erasedAt: Date;
  windowWaived: boolean | null;
  evidence: Evidence;
}

/** What is destroyed with a customer, and who is told (GDPR Art. 19). */
export interface Evidence {
  destroyed: { historyEntries: number; openRequests: number; undeliveredEvents: number; apiKeys: number };
  recipients: { webhookId: string; contract: string }[];
}

/** Who asks for an erasure that is known from the ledger alone, and changes what it left behind; and through what. */
export const byRestore = { principal: 'restore', contract: 'service' } as const;

/** The steps of an erasure in a database. Each is one transaction, and may be done again by any process. */
export interface ErasureWork {
  /** Erasures to carry out or to complete, the longest due first. */
  due(tenantId: string, limit: number): Promise<string[]>;
  /**
   * The moment of no return: the customer is erased for everybody from here on. Undefined when there is nothing to do any
   * more, or something stands in the way; what retention scheduled and no rule asks for any more is cancelled instead.
   */
  begin(tenant: Tenant, erasureId: string): Promise<ErasureFacts | undefined>;
  /** Sub-customers that are not deleted. Only below a customer that a restore erased there are any. */
  subCustomers(tenantId: string, customerId: string): Promise<string[]>;
  /** Keeps the certificate, and gives the one that is kept: the first. */
  keepCertificate(tenantId: string, erasureId: string, certificate: string): Promise<string>;
  /** Destroys the key and all that is left, and has the recipients told; changes nothing when that is done. */
  complete(tenantId: string, erasureId: string, eventId: string): Promise<void>;
}
