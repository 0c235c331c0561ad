import { randomBytes } from 'node:crypto';
import { base64url, SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { isGenuine, readSessionToken, signSessionToken } from './session-token.ts';

const name = {
  tenantId: '018f0000-0000-7000-8000-000000000001',
  keyId: 'key_0123456789A',
  sessionId: '018f0000-0000-7000-8000-000000000002',
};
const secret = randomBytes(32);
const from = new Date('2026-01-01T00:00:00Z');
const until = new Date('2026-01-01T00:10:00Z');
const within = new Date('2026-01-01T00:09:59Z');
const sign = () => signSessionToken(name, secret, from, until);

test('a token names what it was signed for, and is genuine until its time is over', async () => {
  const token = await sign();
  expect(readSessionToken(token)).toEqual(name);
  expect(await isGenuine(token, secret, within)).toBe(true);
  expect(await isGenuine(token, secret, until)).toBe(false);
});

test('a token is not genuine for another tenant’s secret, nor under the secret itself', async () => {
  expect(await isGenuine(await sign(), randomBytes(32), within)).toBe(false);
  const underSecret = await new SignJWT({ tenant: name.tenantId })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(name.keyId)
    .setJti(name.sessionId)
    .setExpirationTime(until)
    .sign(secret);
  expect(await isGenuine(underSecret, secret, within)).toBe(false);
});

describe('a token is not genuine when', () => {
  test('any of its parts was changed', async () => {
    const [head = '', claims = '', signature = ''] = (await sign()).split('.');
    const later = JSON.parse(Buffer.from(base64url.decode(claims)).toString());
    const longer = base64url.encode(JSON.stringify({ ...later, exp: later.exp + 3600 }));
    const other = base64url.encode(JSON.stringify({ ...later, sub: 'key_AAAAAAAAAAA' }));
    for (const token of [
      `${head}.${longer}.${signature}`,
      `${head}.${other}.${signature}`,
      `${head}.${claims}.${signature.slice(0, -2)}`,
      `${head}.${claims}.`,
      `${head}.${claims}`,
    ]) {
      expect(await isGenuine(token, secret, within), token).toBe(false);
    }
  });

  test('it is unsigned, or says that it is', async () => {
    const unsecured = new UnsecuredJWT({ tenant: name.tenantId })
      .setSubject(name.keyId)
      .setJti(name.sessionId)
      .setExpirationTime(until)
      .encode();
    expect(readSessionToken(unsecured)).toEqual(name);
    expect(await isGenuine(unsecured, secret, within)).toBe(false);
  });
});

test('what names no tenant, key and session is no session token', async () => {
  const encode = (claims: object) => new UnsecuredJWT({ ...claims }).encode();
  const whole = { tenant: name.tenantId, sub: name.keyId, jti: name.sessionId };
  expect(readSessionToken(encode(whole))).toEqual(name);
  const texts = [
    encode({ ...whole, tenant: 'x' }),
    encode({ ...whole, tenant: [name.tenantId] }),
    encode({ ...whole, jti: '' }),
    encode({ ...whole, sub: "key_'; DROP --" }),
    encode({}),
    '',
    '.',
    '..',
    'a.b.c',
    'cus_x',
  ];
  for (const text of texts) expect(readSessionToken(text), text).toBeUndefined();
});
