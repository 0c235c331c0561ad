import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { createApiKey, type NewApiKey } from './api-key.ts';
import { createCredentials, type KeyReader } from './credentials.ts';

const tenantId = randomUUID();
const readerOf = (live: NewApiKey): KeyReader => ({
  key: async (_tenantId, keyId) => (keyId === live.keyId ? ({ ...live } as never) : undefined),
  session: async () => undefined,
});
const refuse = async () => {
  throw new Error('Too much was asked');
};

test('any number of keys that are not good pushes out none that was', async () => {
  const live = createApiKey(tenantId);
  let time = 0;
  const { check } = createCredentials(readerOf(live), () => time);
  expect(await check({ secret: live.secret })).toBeDefined();
  for (let times = 0; times < 10_001; times++) {
    expect(await check({ secret: createApiKey(tenantId).secret })).toBeUndefined();
  }
  time += 1000;
  expect(await check({ secret: live.secret }, refuse)).toBeDefined();
  await expect(check({ secret: createApiKey(tenantId).secret }, refuse)).rejects.toThrow(
    'Too much was asked',
  );
});

test('a key that was good is a stranger once it is none any more', async () => {
  const live = createApiKey(tenantId);
  const stored = { ...live };
  let time = 0;
  const { check } = createCredentials(readerOf(stored), () => time);
  expect(await check({ secret: live.secret })).toBeDefined();
  stored.keyId = 'revoked';
  time += 1000;
  expect(await check({ secret: live.secret }, refuse)).toBeUndefined();
  time += 1000;
  await expect(check({ secret: live.secret }, refuse)).rejects.toThrow('Too much was asked');
});

test('a key whose stored hash is cut off is a stranger, and no failure of the service', async () => {
  const live = createApiKey(tenantId);
  const { check } = createCredentials(readerOf({ ...live, hash: live.hash.subarray(0, 31) }), () => 0);
  expect(await check({ secret: live.secret })).toBeUndefined();
});
