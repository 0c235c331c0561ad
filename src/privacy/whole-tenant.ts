import { type TenantKeys, UnknownGeneration } from './tenant-keys.ts';

/** The purpose of the secret that keys lookup tokens, page tokens and session tokens. Every tenant with keys has it. */
export const lookupSecret = 'lookup';

/**
 * As what that secret is wrapped in a whole tenant: one of which everything is sealed and chained. Only who has the
 * tenant's key can wrap it as the one or the other, so what it is wrapped as proves whether the tenant is whole, and
 * nobody who can write into the database alone makes a whole tenant into one of before.
 */
export const wholeLookup = 'lookup, all sealed and chained';

/** As what a secret that lies under this purpose is wrapped. Throws UnknownGeneration. */
export const wrappedAs = (
  keys: Pick<TenantKeys, 'unwrapSecret'>,
  purpose: string,
  wrapped: Buffer,
): string => {
  if (purpose !== lookupSecret) return purpose;
  try {
    keys.unwrapSecret(wholeLookup, wrapped);
    return wholeLookup;
  } catch (error) {
    if (error instanceof UnknownGeneration) throw error;
    return purpose;
  }
};
