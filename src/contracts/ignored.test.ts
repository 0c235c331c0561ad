import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyCharacter } from '../../test/support/any-character.ts';
import { ignoredHeader } from './ignored.ts';

test('any names make a header value that a server may send, with one name between two commas', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: anyCharacter, minLength: 1, maxLength: 40 })), (names) => {
      const text = ignoredHeader(names);
      expect(text).toMatch(/^[\x20-\x7e]*$/);
      expect(text.length).toBeLessThan(2100);
      if (!text.endsWith('...')) {
        const read = text === '' ? [] : text.split(', ').map(decodeURIComponent);
        expect(read).toEqual(names.map((name) => Buffer.from(name).toString()));
      }
    }),
  );
});

test('half of a surrogate pair is said as what UTF-8 makes of it', () => {
  expect(ignoredHeader(['\ud800'])).toBe('%EF%BF%BD');
});
