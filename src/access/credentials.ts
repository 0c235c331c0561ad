import { timingSafeEqual } from 'node:crypto';
import { digestOf, hashApiKey, parseApiKey } from './api-key.ts';
import type { Principal, Tenant } from './principal.ts';
import { isGenuine, readSessionToken, type SessionName } from './session-token.ts';

/** What a request shows of its caller: a session token, or an API key. */
export type Shown = ShownKey | { token: string };

/** The secret of an API key, and what else has to belong to the key. */
export interface ShownKey {
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

/**
 * Judges what is shown. Undefined unless it is the secret of a live key and everything beside it belongs to that key, or
 * the token of a session that is not over.
 */
export interface Credentials {
  check(shown: Shown): Promise<Credential | undefined>;
}

/** How storage tells of keys, and of keys whose session is not over. */
export interface KeyReader {
  key(tenantId: string, keyId: string): Promise<StoredKey | undefined>;
  session(name: SessionName): Promise<(StoredKey & { now: Date }) | undefined>;
}

/**
 * Makes the judge. What storage said of a key is believed for `trustMs`, so that a revocation takes effect within
 * that time; concurrent questions for one key are asked once.
 */
export const createCredentials = (
  read: KeyReader,
  now: () => number = () => performance.now(),
): Credentials => {
  // Named by the hash of the secret: looking it up tells an attacker nothing of any secret by its time.
  const known = new Map<string, { until: number; key: Promise<Credential | undefined> }>();
  const believed = (
    name: string,
    ask: () => Promise<Credential | undefined>,
  ): Promise<Credential | undefined> => {
    const entry = known.get(name);
    if (entry && entry.until > now()) return entry.key;
    if (known.size >= mostKnown) known.clear();
    const key = ask();
    known.set(name, { until: now() + trustMs, key });
    key.catch(() => known.delete(name));
    return key;
  };
  return {
    check(shown) {
      if ('token' in shown) {
        const { token } = shown;
        return believed(`token ${digestOf(token)}`, () => judgeToken(read, token));
      }
      const key = believed(digestOf(shown.secret), () => judgeKey(read, shown.secret));
      const alone = shown.keyId === undefined && shown.tenant === undefined;
      return alone ? key : key.then((one) => (one && belongs(one, shown) ? one : undefined));
    },
  };
};

const judgeKey = async (read: KeyReader, secret: string): Promise<Credential | undefined> => {
  const name = parseApiKey(secret);
  const key = name && (await read.key(name.tenantId, name.keyId));
  return key && timingSafeEqual(key.hash, hashApiKey(secret)) ? key : undefined;
};

const judgeToken = async (read: KeyReader, token: string): Promise<Credential | undefined> => {
  const name = readSessionToken(token);
  const key = name && (await read.session(name));
  return key && (await isGenuine(token, key.tenant.secret, key.now)) ? key : undefined;
};

/** Judged after the secret was right, so its time tells nothing to anyone who lacks the secret. */
const belongs = (key: Credential, { keyId = key.keyId, tenant = key.tenant.name }: ShownKey): boolean =>
  key.keyId === keyId && key.tenant.name === tenant;

const trustMs = 500;
const mostKnown = 10_000;
