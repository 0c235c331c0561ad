import { type SigningKey, signingKeyFrom } from '../privacy/signing-key.ts';
import type { Database } from './database.ts';

/**
 * The key with which a tenant signs. It is made with the tenant's other secrets, is the same in every process, and stays
 * the same when the keys that wrap it are rotated.
 */
export const signingKeyOf = ({ keyring }: Pick<Database, 'keyring'>, tenantId: string): Promise<SigningKey> =>
  keyring.with(tenantId, async (keys) => signingKeyFrom(keys.ownSecret('signing')));
