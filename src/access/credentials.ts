import { timingSafeEqual } from 'node:crypto';
import { hashApiKey, parseApiKey } from './api-key.ts';
import type { Principal, Tenant } from './principal.ts';

/** What a request shows of its caller: the secret of an API key, and what else has to belong to the key. */
export interface Shown {
  secret: string;
  /** The id that the key must have. */
  keyId?: string;
  /** The name that the key's tenant must have. */
  tenant?: string;
}

/** A key that was shown and is live: whose it is and what it may do. */
export interface Credential {
  keyId: string;
  tenant: Tenant;
  principal: Principal;
  /** The only contract it may be used with, if it is bound to one. */
  contract: string | null;
}

/** What storage knows of a live key: neither revoked nor expired. */
export interface StoredKey extends Credential {
  hash: Buffer;
}

/** Judges what is shown. Undefined unless it is the secret of a live key and everything beside it belongs to that key. */
export interface Credentials {
  check(shown: Shown): Promise<Credential | undefined>;
}

/**
 * Makes the judge. What storage said of a key is believed for `trustMs`, so that a revocation takes effect within
 * that time; concurrent questions for one key are asked once.
 */
export const createCredentials = (
  read: (tenantId: string, keyId: string) => Promise<StoredKey | undefined>,
  now: () => number = () => performance.now(),
): Credentials => {
  // Named by the hash of the secret: looking it up tells an attacker nothing of any secret by its time.
  const known = new Map<string, { until: number; key: Promise<Credential | undefined> }>();
  const live = (secret: string): Promise<Credential | undefined> => {
    const hash = hashApiKey(secret);
    const name = hash.toString('latin1');
    const entry = known.get(name);
    if (entry && entry.until > now()) return entry.key;
    if (known.size >= mostKnown) known.clear();
    const key = judge(read, secret, hash);
    known.set(name, { until: now() + trustMs, key });
    key.catch(() => known.delete(name));
    return key;
  };
  return {
    check(shown) {
      const key = live(shown.secret);
      const alone = shown.keyId === undefined && shown.tenant === undefined;
      return alone ? key : key.then((one) => (one && belongs(one, shown) ? one : undefined));
    },
  };
};

const judge = async (
  read: (tenantId: string, keyId: string) => Promise<StoredKey | undefined>,
  secret: string,
  hash: Buffer,
): Promise<Credential | undefined> => {
  const name = parseApiKey(secret);
  const key = name && (await read(name.tenantId, name.keyId));
  return key && timingSafeEqual(key.hash, hash) ? key : undefined;
};

/** Judged after the secret was right, so its time tells nothing to anyone who lacks the secret. */
const belongs = (key: Credential, { keyId = key.keyId, tenant = key.tenant.name }: Shown): boolean =>
  key.keyId === keyId && key.tenant.name === tenant;

const trustMs = 500;
const mostKnown = 10_000;
