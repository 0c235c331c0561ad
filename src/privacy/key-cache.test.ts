import { createSecretKey, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SecretBytes } from './data-key.ts';
import { type KeyCache, keyCache } from './key-cache.ts';
import { wrapKey } from './wrap-key.ts';

const wrapping = createSecretKey(randomBytes(32));
const wrapped = (key: SecretBytes): Buffer => wrapKey(key, wrapping, { purpose: 'p', generation: 1 });
const newKey = (): SecretBytes => new SecretBytes(randomBytes(32));
const held = (cache: KeyCache, owner: string, bytes?: Buffer) => cache.get(owner, bytes)?.export();

test('a key is found by its owner, and by the bytes that were unwrapped if they are the very same', () => {
  const cache = keyCache();
  const key = newKey();
  const bytes = wrapped(key);
  cache.set('one', bytes, key);
  expect(held(cache, 'one', Buffer.from(bytes))).toEqual(key.export());
  expect(held(cache, 'one')).toEqual(key.export());
  for (const asked of [bytes, undefined]) {
    expect(held(cache, 'other', asked), 'another customer').toBeUndefined();
    expect(held(cache, 'one more', asked), 'a name that goes on').toBeUndefined();
    expect(held(cache, 'on', asked), 'a name that is cut').toBeUndefined();
    expect(held(cache, '', asked), 'no name').toBeUndefined();
  }
  expect(held(cache, 'one', wrapped(key)), 'wrapped anew').toBeUndefined();
  for (let at = 0; at < bytes.length; at++) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] as number) ^ 1;
    expect(held(cache, 'one', changed), `byte ${at}`).toBeUndefined();
  }
});

describe('a key that is not asked for', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  const [longestMs, owners] = [120_000, Array.from({ length: 500 }, (_, n) => `left ${n}`)];
  const filled = () => {
    const cache = keyCache();
    for (const owner of owners) {
      const key = newKey();
      cache.set(owner, wrapped(key), key);
    }
    return cache;
  };

  test('is let go within two minutes, wherever it lies, though nobody asks for another one', async () => {
    const cache = filled();
    await vi.advanceTimersByTimeAsync(longestMs);
    for (const owner of owners) expect(held(cache, owner)).toBeUndefined();
    expect(vi.getTimerCount(), 'an empty cache has no timer').toBe(0);
    // One that was empty begins again.
    const key = newKey();
    cache.set('again', wrapped(key), key);
    await vi.advanceTimersByTimeAsync(longestMs);
    expect(held(cache, 'again')).toBeUndefined();
  });

  test('is let go beside one that is, which stays', async () => {
    const cache = filled();
    const used = newKey();
    cache.set('used', wrapped(used), used);
    for (let minutes = 0; minutes < 4; minutes++) {
      await vi.advanceTimersByTimeAsync(longestMs / 4);
      expect(held(cache, 'used')).toEqual(used.export());
    }
    for (const owner of owners) expect(held(cache, owner)).toBeUndefined();
  });
});

test('of many the latest are found, each with its own key, and no more than there is room for', () => {
  const cache = keyCache({ most: 8 });
  const kept = Array.from({ length: 200 }, (_, n) => {
    const key = newKey();
    const bytes = wrapped(key);
    cache.set(`owner ${n}`, bytes, key);
    expect(held(cache, `owner ${n}`, bytes)).toEqual(key.export());
    return { key, bytes };
  });
  const found = kept.flatMap(({ key, bytes }, n) => {
    const known = held(cache, `owner ${n}`);
    expect(known).toEqual(held(cache, `owner ${n}`, bytes));
    if (known) expect(known).toEqual(key.export());
    return known ? [n] : [];
  });
  expect(found.length).toBeGreaterThan(0);
  expect(found.length).toBeLessThanOrEqual(8);
});

test('a key is found by a name that is shorter than those which had its place before', () => {
  const cache = keyCache({ most: 4 });
  for (let n = 0; n < 4; n++) cache.set(`a name that is long ${n}`, wrapped(newKey()), newKey());
  const key = newKey();
  const bytes = wrapped(key);
  cache.set('one', bytes, key);
  expect(held(cache, 'one', bytes)).toEqual(key.export());
});

test('of an owner whose key was wrapped anew the latest is found, in the place of the former', () => {
  const cache = keyCache({ most: 4 });
  const [key, other] = [newKey(), newKey()];
  cache.set('other', wrapped(other), other);
  const kept = Array.from({ length: 8 }, () => wrapped(key));
  for (const bytes of kept) cache.set('one', bytes, key);
  expect(held(cache, 'one', kept[7])).toEqual(key.export());
  expect(held(cache, 'one', kept[6])).toBeUndefined();
  expect(held(cache, 'other')).toEqual(other.export());
});

test('what has another form is not kept', () => {
  const cache = keyCache();
  cache.set('one', Buffer.from('one'), newKey());
  expect(held(cache, 'one', Buffer.from('one'))).toBeUndefined();
  const key = newKey();
  const bytes = wrapped(key);
  cache.set('o'.repeat(200), bytes, key);
  expect(held(cache, 'o'.repeat(200), bytes)).toBeUndefined();
});

test('who prints a key sees nothing of it', () => {
  const key = new SecretBytes(Buffer.from('Zsecret'.repeat(4)));
  const hexadecimal = Buffer.from('Zsecret').toString('hex');
  const printed = [inspect(key, { showHidden: true, depth: 9 }), JSON.stringify(key), String(key)].join(' ');
  expect(printed).not.toMatch(new RegExp(`Zsecret|${hexadecimal}|5a,? ?73|90, ?115`, 'i'));
});
