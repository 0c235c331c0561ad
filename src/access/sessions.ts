import type { Credential, Credentials, Shown } from './credentials.ts';
import type { Tenant } from './principal.ts';
import {
  createRefreshToken,
  type NewRefreshToken,
  type RefreshTokenName,
  readRefreshToken,
} from './refresh-token.ts';
import { readSessionToken, signSessionToken } from './session-token.ts';

/** How long a session's token is good, and its refresh token if it has one. */
export interface Lifetime {
  tokenSeconds: number;
  refreshSeconds?: number;
}

/** A session that was just opened; the two tokens are shown this once. */
export interface NewSession {
  sessionId: string;
  tenantId: string;
  keyId: string;
  token: string;
  expiresAt: Date;
  refreshToken?: string;
}

/** A renewed session; or why there is none: the token is still good, or the refresh token is not. */
export type Renewal = { kind: 'renewed'; session: NewSession } | { kind: 'early' } | { kind: 'invalid' };

/** Sessions: tokens that stand for a live key for a while, and end with it. */
export interface Sessions {
  /** Opens a session for what is shown; undefined unless it is a live key that this contract may be used with. */
  open(shown: Shown, contract: string, lifetime: Lifetime): Promise<NewSession | undefined>;
  /** Who a token stands for; undefined when it is not good. */
  verify(token: string): Promise<Credential | undefined>;
  /**
   * Opens the next session with a refresh token, which is used up. With `onceExpired` the token before must be over
   * first. A refresh token that is shown again ends all that came of it (RFC 9700 section 4.14.2).
   */
  renew(refreshToken: string, lifetime: Lifetime, options?: { onceExpired?: boolean }): Promise<Renewal>;
  /** Ends the session of a good token, and what was or could be renewed of it; every process refuses it in a second. */
  revoke(token: string): Promise<void>;
}

/** A session that is to be stored. */
export interface SessionRow {
  sessionId: string;
  refreshHash: Buffer | null;
  tokenSeconds: number;
  refreshSeconds: number | null;
}

/** From when until when a token is good. */
export interface Term {
  from: Date;
  until: Date;
}

/** What sessions need of a database; its clock is the only one that counts. */
export interface SessionStore {
  /** Stores the first session of a family. */
  insert(tenantId: string, keyId: string, row: SessionRow): Promise<Term>;
  /**
   * Uses a refresh token up, whose key must be live, and stores the next session of its family, both at once. Used up
   * before, it ends the family.
   */
  renew(
    shown: RefreshTokenName,
    next: SessionRow,
    onceExpired: boolean,
  ): Promise<({ kind: 'renewed'; tenant: Tenant; keyId: string } & Term) | { kind: 'early' | 'invalid' }>;
  /** Ends a session and all of its family. */
  end(tenantId: string, sessionId: string): Promise<void>;
}

/** Makes the sessions of a service. */
export const createSessions = (
  credentials: Credentials,
  store: SessionStore,
  newId: () => string,
): Sessions => ({
  async open(shown, contract, lifetime) {
    const credential = await credentials.check(shown);
    if (!credential || (credential.contract !== null && credential.contract !== contract)) return undefined;
    return openSession(store, newId(), credential, lifetime);
  },
  verify: (token) => credentials.check({ token }),
  async renew(refreshToken, lifetime, { onceExpired = false } = {}) {
    const shown = readRefreshToken(refreshToken);
    if (!shown) return { kind: 'invalid' };
    const { row, refresh } = newRow(shown.tenantId, newId(), lifetime);
    const renewed = await store.renew(shown, row, onceExpired);
    if (renewed.kind !== 'renewed') return renewed;
    return { kind: 'renewed', session: await newSession(renewed, row, renewed, refresh) };
  },
  async revoke(token) {
    const name = (await credentials.check({ token })) && readSessionToken(token);
    if (name) await store.end(name.tenantId, name.sessionId);
  },
});

/** Opens a session of a key that was judged to be live. */
export const openSession = async (
  store: SessionStore,
  sessionId: string,
  key: Pick<Credential, 'tenant' | 'keyId'>,
  lifetime: Lifetime,
): Promise<NewSession> => {
  const { row, refresh } = newRow(key.tenant.id, sessionId, lifetime);
  return newSession(key, row, await store.insert(key.tenant.id, key.keyId, row), refresh);
};

const newRow = (
  tenantId: string,
  sessionId: string,
  { tokenSeconds, refreshSeconds }: Lifetime,
): { row: SessionRow; refresh: NewRefreshToken | undefined } => {
  const refresh = refreshSeconds === undefined ? undefined : createRefreshToken(tenantId, sessionId);
  const refreshHash = refresh?.hash ?? null;
  return { row: { sessionId, refreshHash, tokenSeconds, refreshSeconds: refreshSeconds ?? null }, refresh };
};

const newSession = async (
  { tenant, keyId }: Pick<Credential, 'tenant' | 'keyId'>,
  { sessionId }: SessionRow,
  { from, until }: Term,
  refresh: NewRefreshToken | undefined,
): Promise<NewSession> => {
  const name = { tenantId: tenant.id, keyId, sessionId };
  const token = await signSessionToken(name, tenant.secret, from, until);
  return { ...name, token, expiresAt: until, ...(refresh ? { refreshToken: refresh.text } : {}) };
};

/** Where no session can be: calls that are made without HTTP. */
export const noSessions: Sessions = {
  open: async () => undefined,
  verify: async () => undefined,
  renew: async () => ({ kind: 'invalid' }),
  revoke: async () => undefined,
};
