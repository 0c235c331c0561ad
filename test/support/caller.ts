import { parseApiKey } from '../../src/access/api-key.ts';
import type { Client } from './client.ts';

/** A key and its tenant: all that a contract may want to know of who calls. */
export interface Caller {
  address: string;
  secret: string;
  /** Empty where the secret is no key. */
  keyId: string;
  tenantName: string;
  /** Empty where the secret is no key. */
  tenantId: string;
}

/** Who calls with this client. */
export const callerOf = ({ address, secret, tenantName }: Client): Caller => {
  const { keyId = '', tenantId = '' } = parseApiKey(secret) ?? {};
  return { address, secret, keyId, tenantName, tenantId };
};
