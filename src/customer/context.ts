import type { Principal, Tenant } from '../access/principal.ts';
import type { PersonalRights } from '../privacy/sight.ts';
import type { Disclosures } from './disclosures.ts';

/** Everything a decision may know about the call it serves. */
export interface Context {
  tenant: Tenant;
  principal: Principal;
  /** The id of the contract through which the call came. */
  contract: string;
  /** What is called: the id of the route, or the event that is told. */
  operation: string;
  /** Names the call in logs and in the history. */
  requestId: string;
  /** Why the change is made, in the caller's words. */
  reason: string | null;
  /** Makes a new id (UUIDv7). */
  newId: () => string;
  /** What the call showed and changed of personal members, for the access log. */
  disclosed: Disclosures;
}

/** What the caller may see and change of personal data. */
export const personalRights = (principal: Principal): PersonalRights => ({
  read: principal.scopes.has('personal:read'),
  write: principal.scopes.has('personal:write'),
  manage: principal.scopes.has('privacy:manage'),
});

/** The most characters of a reason, wherever it is given; the history and what is kept beside it hold it as it is. */
export const longestReason = 1000;
