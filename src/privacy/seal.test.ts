import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seal, sealText, unseal, unsealText } from './seal.ts';

const place = { tenantId: 't', customerId: 'c', version: 1 };

test('what was sealed is opened as it was', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string({ unit: 'grapheme' }), (value, text) => {
      const json = JSON.parse(JSON.stringify(value));
      expect(unseal(seal(json, place), place)).toEqual(json);
      expect(unsealText(sealText(text, place), place)).toBe(text);
      expect(unseal(sealText(JSON.stringify(text), place), place)).toBe(text);
    }),
  );
});

test('an unknown form is an error that says nothing of the content', () => {
  const strange = Buffer.from('\u0009"secret"');
  expect(() => unseal(strange, place)).toThrow(/^Unknown seal format 9$/);
  expect(() => unseal(Buffer.alloc(0), place)).toThrow(/Unknown seal format/);
});
