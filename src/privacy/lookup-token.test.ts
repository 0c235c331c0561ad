import { expect, test } from 'vitest';
import { lookupToken } from './lookup-token.ts';

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
