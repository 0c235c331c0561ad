import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyCharacter } from '../../test/support/any-character.ts';
import type { Refusal } from '../errors.ts';
import { pageToken, readPageToken } from './page-token.ts';

const tenant = { id: 'one', name: 'one', secret: Buffer.alloc(32, 1) };
const end = { value: '42', customerId: '01890000-0000-7000-8000-000000000000' };

const refused = (read: () => unknown) => {
  try {
    read();
  } catch (error) {
    return (error as Refusal).code;
  }
  return undefined;
};

test('a token is read as it was made, by the same tenant for the same list', () => {
  expect(readPageToken(tenant, 'query', pageToken(tenant, 'query', end))).toEqual(end);
});

test('a token of another tenant, of another list or changed anywhere is refused', () => {
  const token = pageToken(tenant, 'query', end);
  const other = { ...tenant, secret: Buffer.alloc(32, 2) };
  expect(refused(() => readPageToken(other, 'query', token))).toBe('invalid-page-token');
  expect(refused(() => readPageToken(tenant, 'query2', token))).toBe('invalid-page-token');
  fc.assert(
    fc.property(fc.nat(token.length - 1), fc.constantFrom('A', 'z', '_', '.'), (at, character) => {
      const changed = token.slice(0, at) + character + token.slice(at + 1);
      const bytes = (text: string) =>
        text.split('.').map((part) => Buffer.from(part, 'base64url').toString('hex'));
      fc.pre(bytes(changed).slice(0, 2).join() !== bytes(token).join());
      expect(refused(() => readPageToken(tenant, 'query', changed))).toBe('invalid-page-token');
    }),
  );
});

test('no text at all is a token by chance', () => {
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter }), (text) => {
      expect(refused(() => readPageToken(tenant, 'query', text))).toBe('invalid-page-token');
    }),
  );
});
