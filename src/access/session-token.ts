import { hkdfSync } from 'node:crypto';
import { decodeJwt, jwtVerify, SignJWT } from 'jose';
import { uuidForm } from '../uuid.ts';

/** What a session token names: a key of a tenant, and the session that the key's holder opened. */
export interface SessionName {
  tenantId: string;
  keyId: string;
  sessionId: string;
}

/**
 * Signs a session token: a JSON Web Token (RFC 7519) under HS256, with the key as its subject and the session as its
 * `jti`. The signing key is derived from the tenant's secret, so that every process signs alike and no tenant's token
 * is good for another one.
 */
export const signSessionToken = (
  { tenantId, keyId, sessionId }: SessionName,
  secret: Buffer,
  from: Date,
  until: Date,
): Promise<string> =>
  new SignJWT({ tenant: tenantId })
    .setProtectedHeader({ alg: algorithm, typ: 'JWT' })
    .setSubject(keyId)
    .setJti(sessionId)
    .setIssuedAt(from)
    .setExpirationTime(until)
    .sign(signingKey(secret));

/** Reads what a token names, without judging it; undefined when it is no session token at all. */
export const readSessionToken = (text: string): SessionName | undefined => {
  try {
    const { tenant, sub = '', jti = '' } = decodeJwt<{ tenant?: unknown }>(text);
    if (typeof tenant !== 'string' || !uuidForm.test(tenant) || !uuidForm.test(jti)) return undefined;
    return keyIdForm.test(sub) ? { tenantId: tenant, keyId: sub, sessionId: jti } : undefined;
  } catch {
    return undefined;
  }
};

/** Whether a token was signed by this service for this tenant, and its time is not over. */
export const isGenuine = (text: string, secret: Buffer, now: Date): Promise<boolean> =>
  jwtVerify(text, signingKey(secret), {
    algorithms: [algorithm],
    currentDate: now,
    requiredClaims: ['exp', 'jti', 'sub'],
  }).then(
    () => true,
    () => false,
  );

const algorithm = 'HS256';
const keyIdForm = /^key_[0-9A-Za-z]{11}$/;

/** A key of its own purpose (RFC 5869): what is signed here says nothing of what else the secret is used for. */
const signingKey = (secret: Buffer): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', secret, '', 'customary session token', 32));
