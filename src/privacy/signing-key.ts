import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { calculateJwkThumbprint } from 'jose';
import type { JsonObject } from '../schema/json.ts';

/** The public half of a tenant's signing key, as a JSON Web Key (RFC 7517, RFC 8037). */
export interface PublicJwk {
  kty: 'OKP';
  crv: 'Ed25519';
  x: string;
  kid: string;
  use: 'sig';
  alg: 'EdDSA';
}

/** The key with which a tenant signs what others shall be able to judge. */
export interface SigningKey {
  /** The thumbprint of the public key (RFC 7638). */
  keyId: string;
  publicJwk: PublicJwk;
  /** Signs a JSON object: a compact JWS (RFC 7515) under EdDSA (RFC 8037), with `type` as its `typ`. */
  sign(payload: JsonObject, type: string): string;
}

/**
 * Makes the Ed25519 key of a seed of 32 bytes. `node:crypto` signs with it, not `jose`: that goes through Web Crypto, whose
 * Ed25519 the oldest Node that we run on calls experimental, on standard error, in every command.
 */
export const signingKeyFrom = async (seed: KeyObject): Promise<SigningKey> => {
  const key = createPrivateKey({
    key: Buffer.concat([pkcs8Head, seed.export()]),
    format: 'der',
    type: 'pkcs8',
  });
  const x = createPublicKey(key).export({ format: 'jwk' }).x as string;
  const keyId = await calculateJwkThumbprint({ kty: 'OKP', crv: 'Ed25519', x });
  return {
    keyId,
    publicJwk: { kty: 'OKP', crv: 'Ed25519', x, kid: keyId, use: 'sig', alg: algorithm },
    sign(payload, type) {
      const signed = `${encoded({ alg: algorithm, typ: type, kid: keyId })}.${encoded(payload)}`;
      return `${signed}.${sign(null, Buffer.from(signed), key).toString('base64url')}`;
    },
  };
};

/** What a compact JWS of this type says, when one of these keys signed it; undefined for anything else. */
export const verifyJws = (jws: string, keys: readonly PublicJwk[], type: string): JsonObject | undefined => {
  try {
    const [head = '', payload = '', signature = '', ...more] = jws.split('.');
    const { alg, typ, kid, crit } = decoded(head);
    const jwk = keys.find((one) => one.kid === kid);
    if (!jwk || alg !== algorithm || typ !== type || crit !== undefined || more.length > 0) return undefined;
    const key = createPublicKey({ key: { ...jwk }, format: 'jwk' });
    const genuine = verify(null, Buffer.from(`${head}.${payload}`), key, bytesOf(signature));
    return genuine ? decoded(payload) : undefined;
  } catch {
    return undefined;
  }
};

const encoded = (value: JsonObject): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const decoded = (part: string): JsonObject => JSON.parse(bytesOf(part).toString()) as JsonObject;

/** Base64url in its one form (RFC 4648 section 5, without padding): Node reads others too. */
const bytesOf = (part: string): Buffer => {
  const bytes = Buffer.from(part, 'base64url');
  if (bytes.toString('base64url') !== part) throw new Error('A part of a JWS is not base64url');
  return bytes;
};

const algorithm = 'EdDSA';

/** What stands before the seed of an Ed25519 key in PKCS #8 (RFC 8410 section 7). */
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex');
