import type { Tenant } from '../access/principal.ts';
import type { Refusal } from '../errors.ts';
import type { Command, Reply } from './operation.ts';

/** `held` is one that is scheduled while something stands in its way; `erasing` one that can't be stopped any more. */
export type ErasureStatus = (typeof erasureStatuses)[number];

/** All that an erasure can be. */
export const erasureStatuses = ['scheduled', 'held', 'erasing', 'cancelled', 'completed'] as const;

/** What stands in the way of an erasure. */
type Hindrance = 'legal-hold' | 'sub-customers';

/** An erasure (GDPR Art. 17), with all that may be told of it. Reasons are null once their customer is erased. */
export interface Erasure {
  erasureId: string;
  customerId: string;
  number: number;
  status: ErasureStatus;
  heldBy: Hindrance | null;
  requestedAt: Date;
  requestedBy: string;
  dueAt: Date;
  windowWaived: boolean;
  reason: string | null;
  cancelledAt: Date | null;
  cancelledBy: string | null;
  cancelReason: string | null;
  erasedAt: Date | null;
  /** The signed certificate (a compact JWS), once it is completed. */
  certificate: string | null;
}

/** How somebody wants a customer erased. */
export interface AskedErasure extends Asked {
  erasureId: string;
  /** Not before this moment; null for as soon as it may be. */
  after: Date | null;
  /** Do without the time in which it can be cancelled. */
  waiveWindow: boolean;
  /** Leaves a restricted customer alone (GDPR Art. 18): only a person decides to erase one. */
  sparesRestricted?: true;
}

/** An erasure that is scheduled; `made` is false where the same one was scheduled already. */
export interface ScheduledErasure {
  erasure: Erasure;
  made: boolean;
}

/** Who asks for something about a customer, and why. */
export interface Asked {
  customerId: string;
  principal: string;
  contract: string;
  reason: string;
}

/** How something is answered that is done at most once under an idempotency key: what was sent is what is kept. */
export interface Once<Result> {
  idempotency: Command['idempotency'];
  /** The answer in the caller's contract. */
  render(result: Result): Reply;
  /** The same for a refusal that is kept under the key; without a key refusals are thrown. */
  renderRefusal(refusal: Refusal): Reply;
}

/** What somebody asks for about a customer, at most once. */
export type AskedOnce<Result> = Asked & Once<Result>;

/** A customer's legal holds: whether one stands, and what was set and released, the newest first. */
export interface LegalHold {
  held: boolean;
  entries: {
    event: 'set' | 'released';
    recordedAt: Date;
    principal: string;
    contract: string;
    reason: string | null;
  }[];
}

/** Which erasures to list; the newest first. */
export interface ErasureQuery {
  status: ErasureStatus | undefined;
  /** Only those before this one. */
  before: string | null;
  limit: number;
}

/**
 * Erasures and legal holds in a database. Every call is of one tenant and is one transaction. They throw Refusal
 * `not-found` where there is no such customer, and, where they change something, `erased` where it was erased,
 * `idempotency-key-reused` and `idempotency-key-in-progress`. A refusal that is decided against the record is given as a
 * reply where a key keeps it.
 */
export interface ErasureStore {
  /**
   * Refuses with `has-sub-customers`, `legal-hold`, `erasure-scheduled`, `validation-failed` and `not-sealed`, and with
   * `restricted` one that spares restricted customers where the customer is restricted, or nobody can read whether it is.
   */
  scheduleErasure(tenant: Tenant, asked: AskedErasure & Once<ScheduledErasure>): Promise<Reply>;
  /** Cancels the scheduled erasure; changes nothing where it is cancelled already. */
  cancelErasure(tenant: Tenant, asked: AskedOnce<Erasure>): Promise<Reply>;
  /**
   * Cancels some of the erasures that retention scheduled and that no rule asks for any more, since the customer or the
   * rules changed; tells whether there may be more.
   */
  cancelUndueErasures(tenant: Tenant, limit: number): Promise<boolean>;
  /** The newest erasure of a customer, erased or not. */
  readErasure(tenant: Tenant, customerId: string): Promise<Erasure | undefined>;
  listErasures(tenant: Tenant, query: ErasureQuery): Promise<Erasure[]>;
  /** Sets a hold, gives the one that stands another reason, or changes nothing where it has this one. */
  setHold(tenant: Tenant, asked: AskedOnce<LegalHold>): Promise<Reply>;
  /** Releases the hold; changes nothing where none stands. */
  releaseHold(tenant: Tenant, asked: AskedOnce<LegalHold>): Promise<Reply>;
  readHold(tenant: Tenant, customerId: string): Promise<LegalHold>;
}
