import type { Scope } from '../access/scopes.ts';
import type { PersonalRights } from '../privacy/mask.ts';

/** A tenant as operations know it: whose data, and the secret its lookup tokens and page tokens are keyed with. */
export interface Tenant {
  id: string;
  name: string;
  secret: Buffer;
}

/** Who calls. The name outlives the secret, so that a rotated key is the same principal. */
export interface Principal {
  name: string;
  scopes: ReadonlySet<Scope>;
  /** When set, only this customer and its descendants exist for the caller. */
  customerId: string | null;
}

/** Everything a decision may know about the call it serves. */
export interface Context {
  tenant: Tenant;
  principal: Principal;
  /** The id of the contract through which the call came. */
  contract: string;
  /** Names the call in logs and in the history. */
  requestId: string;
  /** Why the change is made, in the caller's words. */
  reason: string | null;
  /** Makes a new id (UUIDv7). */
  newId: () => string;
}

/** What the caller may see and change of personal data. */
export const personalRights = (principal: Principal): PersonalRights => ({
  read: principal.scopes.has('personal:read'),
  write: principal.scopes.has('personal:write'),
  manage: principal.scopes.has('privacy:manage'),
});
