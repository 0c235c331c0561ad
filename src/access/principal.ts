import type { Scope } from './scopes.ts';

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
