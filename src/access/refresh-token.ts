import { hash, randomBytes } from 'node:crypto';
import { uuidBytes, uuidText } from '../uuid.ts';
import { decodeBase62, encodeBase62 } from './base62.ts';

/** A refresh token that was just made. `text` is shown once, `hash` is stored. */
export interface NewRefreshToken {
  text: string;
  hash: Buffer;
}

/** What the text of a refresh token says of itself; true only when the stored hash matches as well. */
export interface RefreshTokenName {
  tenantId: string;
  sessionId: string;
  hash: Buffer;
}

/** Makes the refresh token of a session: `cusr_<tenant><session>_<secret>`, base62, with 256 random bits. */
export const createRefreshToken = (tenantId: string, sessionId: string): NewRefreshToken => {
  const name = `${encodeBase62(uuidBytes(tenantId))}${encodeBase62(uuidBytes(sessionId))}`;
  const text = `cusr_${name}_${encodeBase62(randomBytes(32))}`;
  return { text, hash: hashOf(text) };
};

/** Reads a refresh token, without judging it; undefined when it is none. */
export const readRefreshToken = (text: string): RefreshTokenName | undefined => {
  const [, tenant = '', session = ''] =
    /^cusr_([0-9A-Za-z]{22})([0-9A-Za-z]{22})_[0-9A-Za-z]{43}$/.exec(text) ?? [];
  const [tenantId, sessionId] = [decodeBase62(tenant, 16), decodeBase62(session, 16)];
  if (!tenantId || !sessionId) return undefined;
  return { tenantId: uuidText(tenantId), sessionId: uuidText(sessionId), hash: hashOf(text) };
};

const hashOf = (text: string): Buffer => hash('sha256', text, 'buffer');
