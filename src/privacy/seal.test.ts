import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newDataKey, plainKey } from './data-key.ts';
import { type SealPlace, seal, sealContent, sealUnowned, unseal, unsealText } from './seal.ts';

const place: SealPlace = { kind: 'record', tenantId: 't', customerId: 'c', version: 1 };
const key = newDataKey();

test('what was sealed is opened as it was', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string({ unit: 'grapheme' }), (value, text) => {
      const json = JSON.parse(JSON.stringify(value));
      expect(unseal(seal(json, key, place), key, place)).toEqual(json);
      expect(unsealText(sealContent(text, key, place), key, place)).toBe(text);
      expect(unseal(sealContent(JSON.stringify(text), key, place), key, place)).toBe(text);
      expect(unsealText(sealUnowned(text, key, place), 'none', place, key)).toBe(text);
    }),
  );
});

test('what is sealed shows nothing of the text, and the same text never looks the same twice', () => {
  const text = 'Zpersonal'.repeat(20);
  const [one, other] = [sealContent(text, key, place), sealContent(text, key, place)];
  expect(one.includes('Zpersonal')).toBe(false);
  expect(one.subarray(1).equals(other.subarray(1))).toBe(false);
  expect(one).toHaveLength(1 + 12 + text.length + 16);
});

test('a nonce is never used again', () => {
  const nonces = Array.from({ length: 5000 }, () => sealContent('', key, place).toString('hex', 1, 13));
  expect(new Set(nonces).size).toBe(nonces.length);
});

test('any changed bit, and any cut, is refused', () => {
  const sealed = sealContent('{"name":"Zpersonal"}', key, place);
  for (let bit = 0; bit < sealed.length * 8; bit++) {
    const changed = Buffer.from(sealed);
    changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
    // The very first bit makes the plain form of it, which tells nothing; where nothing may be plain it is refused.
    if (changed[0] !== 0)
      expect(() => unsealText(changed, key, place)).toThrow(/^(A sealed|The key of|Unknown)/);
  }
  for (let length = 1; length < sealed.length; length++) {
    expect(() => unsealText(sealed.subarray(0, length), key, place)).toThrow(/^A sealed record/);
  }
});

describe('a sealed value is refused', () => {
  const sealed = sealContent('"x"', key, place);
  const elsewhere: [string, Partial<SealPlace>][] = [
    ['at another customer', { customerId: 'd' }],
    ['in another tenant', { tenantId: 'u' }],
    ['at another version', { version: 2 }],
    ['as something else', { kind: 'history' }],
    ['under another name', { name: 'n' }],
  ];
  test.each(elsewhere)('%s', (_, other) => {
    expect(() => unsealText(sealed, key, { ...place, ...other })).toThrow(/was changed, moved/);
  });

  test('under another key, without a key, and as a value of the other kind of owner', () => {
    expect(() => unsealText(sealed, newDataKey(), place)).toThrow(/another key$/);
    expect(() => unsealText(sealed, 'none', place)).toThrow(/^The key of a sealed record is missing$/);
    expect(() => unsealText(sealUnowned('"x"', key, place), key, place)).toThrow(/is missing$/);
  });
});

test('an unknown form is an error that says nothing of the content', () => {
  const strange = Buffer.from('\u0009"secret"');
  expect(() => unseal(strange, key, place)).toThrow(/^Unknown seal format 9$/);
  expect(() => unseal(Buffer.alloc(0), key, place)).toThrow(/Unknown seal format/);
});

test('what was stored before there were keys is still read', () => {
  expect(unsealText(Buffer.from('\u0000"old"'), 'none', place)).toBe('"old"');
  expect(() => unsealText(Buffer.from('\u0000"old"'), 'unreadable', place)).toThrow(/is missing$/);
  expect(unsealText(sealContent('"bench"', plainKey, place), plainKey, place)).toBe('"bench"');
});
