import { createSecretKey } from 'node:crypto';
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
  const jws = await one.sign({ says: 'so' }, 'a+jws');
  expect(await verifyJws(jws, [other.publicJwk, one.publicJwk], 'a+jws')).toEqual({ says: 'so' });
  expect(await verifyJws(jws, [one.publicJwk], 'b+jws'), 'as another type').toBeUndefined();
  expect(await verifyJws(jws, [other.publicJwk], 'a+jws')).toBeUndefined();
  expect(await verifyJws(jws, [{ ...other.publicJwk, kid: one.keyId }], 'a+jws')).toBeUndefined();
  const [head, , signature] = jws.split('.');
  const forged = Buffer.from('{"says":"no"}').toString('base64url');
  expect(await verifyJws(`${head}.${forged}.${signature}`, [one.publicJwk], 'a+jws')).toBeUndefined();
  const unsigned = Buffer.from(JSON.stringify({ alg: 'none', typ: 'a+jws', kid: one.keyId }));
  expect(
    await verifyJws(`${unsigned.toString('base64url')}.${forged}.`, [one.publicJwk], 'a+jws'),
  ).toBeUndefined();
  expect(await verifyJws('x', [one.publicJwk], 'a+jws')).toBeUndefined();
});
