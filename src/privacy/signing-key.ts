import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { CompactSign, calculateJwkThumbprint, compactVerify, decodeProtectedHeader, importJWK } from 'jose';
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
  sign(payload: JsonObject, type: string): Promise<string>;
}

/** Makes the Ed25519 key of a seed of 32 bytes. */
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
    sign: (payload, type) =>
      new CompactSign(Buffer.from(JSON.stringify(payload)))
        .setProtectedHeader({ alg: algorithm, typ: type, kid: keyId })
        .sign(key),
  };
};

/** What a compact JWS of this type says, when one of these keys signed it; undefined for anything else. */
export const verifyJws = async (
  jws: string,
  keys: readonly PublicJwk[],
  type: string,
): Promise<JsonObject | undefined> => {
  try {
    const { kid, typ } = decodeProtectedHeader(jws);
    const jwk = keys.find((one) => one.kid === kid);
    if (!jwk || typ !== type) return undefined;
    const key = await importJWK({ ...jwk }, algorithm);
    const { payload } = await compactVerify(jws, key, { algorithms: [algorithm] });
    return JSON.parse(Buffer.from(payload).toString()) as JsonObject;
  } catch {
    return undefined;
  }
};

const algorithm = 'EdDSA';

/** What stands before the seed of an Ed25519 key in PKCS #8 (RFC 8410 section 7). */
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex');
