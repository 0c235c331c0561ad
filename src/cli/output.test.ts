import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyCharacter } from '../../test/support/any-character.ts';
import { cell, outline, table } from './output.ts';

test('stored text never steers the terminal of its reader and stays on its line', () => {
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter }), (text) => {
      expect(cell(text)).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
      expect(outline({ [text]: [text, { inner: text }] }).split('\n')).toHaveLength(3);
    }),
  );
  expect(cell('\x1b]0;owned\x07\x1b[31mred\x1b[0m\nnext')).toBe('red next');
});

test('a table has its columns below each other, and says when it is empty', () => {
  const rows = [
    ['acme', 1, null],
    ['b', 20, 'x'],
  ];
  expect(table(['NAME', 'COUNT', 'MORE'], rows, 'none')).toBe(
    'NAME  COUNT  MORE\nacme  1      -\nb     20     x',
  );
  expect(table(['NAME'], [], 'none')).toBe('none');
});

test('an outline shows members, lists and empty values', () => {
  const value = { name: 'Ada', tags: ['a', 'b'], contacts: [{ type: 'owner', phone: null }], empty: [] };
  expect(outline(value)).toBe(
    'name: Ada\ntags:\n  - a\n  - b\ncontacts:\n  - type: owner\n    phone: -\nempty: []',
  );
});
