import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fieldAndValue, lookupToken } from './lookup-token.ts';

const secret = Buffer.alloc(32, 1);
const token = (field: string, value: string, key = secret) => lookupToken(key, field, value).toString('hex');

test('equal values of a field have the same token, 16 bytes long', () => {
  expect(token('email', 'a@example.org')).toBe(token('email', 'a@example.org'));
  expect(lookupToken(secret, 'email', 'x')).toHaveLength(16);
});

test('another value, field or tenant has another token', () => {
  const tokens = [
    token('email', 'a'),
    token('email', 'b'),
    token('name', 'a'),
    token('emai', 'la'),
    token('email', 'a', Buffer.alloc(32, 2)),
    token('email', ''),
  ];
  expect(new Set(tokens).size).toBe(tokens.length);
});

test('no two pairs of field and value are one text, whatever names and values hold', () => {
  const odd = fc.string({ unit: fc.constantFrom('a', '0', '1', '\u0000', '\u0001', '.'), maxLength: 5 });
  const pair = fc.tuple(odd, odd);
  fc.assert(
    fc.property(pair, pair, ([field, value], [otherField, otherValue]) => {
      const same = field === otherField && value === otherValue;
      expect(fieldAndValue(field, value) === fieldAndValue(otherField, otherValue)).toBe(same);
    }),
    {
      numRuns: 20_000,
      examples: [
        [
          ['a\u0000b', 'c'],
          ['a', 'b\u0000c'],
        ],
      ],
    },
  );
});
