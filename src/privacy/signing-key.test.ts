import { createSecretKey } from 'node:crypto';
import { CompactSign, compactVerify, importJWK } from 'jose';
import { expect, test } from 'vitest';
import { newDataKey } from './data-key.ts';
import { signingKeyFrom, verifyJws } from './signing-key.ts';

test('the key of RFC 8037, appendix A, signs and is named as there', async () => {
  const seed = Buffer.from('nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A', 'base64url');
  const { publicJwk, keyId } = await signingKeyFrom(createSecretKey(seed));
  expect(publicJwk.x).toBe('11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo');
  expect(keyId).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
});

test('what was signed is read back, and nothing else is', async () => {
  const [one, other] = [await signingKeyFrom(newDataKey()), await signingKeyFrom(newDataKey())];
  const jws = one.sign({ says: 'so' }, 'a+jws');
  expect(verifyJws(jws, [other.publicJwk, one.publicJwk], 'a+jws')).toEqual({ says: 'so' });
  expect(verifyJws(jws, [one.publicJwk], 'b+jws'), 'as another type').toBeUndefined();
  expect(verifyJws(jws, [other.publicJwk], 'a+jws')).toBeUndefined();
  expect(verifyJws(jws, [{ ...other.publicJwk, kid: one.keyId }], 'a+jws')).toBeUndefined();
  const [head, , signature] = jws.split('.');
  const forged = Buffer.from('{"says":"no"}').toString('base64url');
  expect(verifyJws(`${head}.${forged}.${signature}`, [one.publicJwk], 'a+jws')).toBeUndefined();
  const unsigned = Buffer.from(JSON.stringify({ alg: 'none', typ: 'a+jws', kid: one.keyId }));
  expect(verifyJws(`${unsigned.toString('base64url')}.${forged}.`, [one.publicJwk], 'a+jws')).toBeUndefined();
  expect(verifyJws('x', [one.publicJwk], 'a+jws')).toBeUndefined();
});

test('others read what we sign, and we what they sign, as RFC 7515 and RFC 8037 have it', async () => {
  const seed = newDataKey();
  const { publicJwk, keyId, sign } = await signingKeyFrom(seed);
  const { payload, protectedHeader } = await compactVerify(
    sign({ says: 'so' }, 'a+jws'),
    await importJWK({ ...publicJwk }),
  );
  expect(JSON.parse(Buffer.from(payload).toString())).toEqual({ says: 'so' });
  expect(protectedHeader).toEqual({ alg: 'EdDSA', typ: 'a+jws', kid: keyId });
  const secret = await importJWK({ ...publicJwk, d: seed.export().toString('base64url') }, 'EdDSA');
  const header = { alg: 'EdDSA', typ: 'a+jws', kid: keyId };
  const body = Buffer.from('{"says":"so"}');
  const theirs = await new CompactSign(body).setProtectedHeader(header).sign(secret);
  expect(verifyJws(theirs, [publicJwk], 'a+jws')).toEqual({ says: 'so' });
  const critical = await new CompactSign(body)
    .setProtectedHeader({ ...header, crit: ['x'], x: 1 })
    .sign(secret, { crit: { x: true } });
  // What must be understood and is not makes it invalid (RFC 7515 section 4.1.11).
  expect(verifyJws(critical, [publicJwk], 'a+jws')).toBeUndefined();
  const otherName = await new CompactSign(body)
    .setProtectedHeader({ ...header, alg: 'Ed25519' })
    .sign(secret);
  expect(verifyJws(otherName, [publicJwk], 'a+jws'), 'another algorithm').toBeUndefined();
  expect(verifyJws(`${theirs}=`, [publicJwk], 'a+jws')).toBeUndefined();
  expect(verifyJws(`${theirs}.`, [publicJwk], 'a+jws')).toBeUndefined();
});
