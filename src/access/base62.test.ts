import fc from 'fast-check';
import { expect, test } from 'vitest';
import { base62Length, decodeBase62, encodeBase62 } from './base62.ts';

test('bytes come back as they were, from a text of a fixed width', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), (bytes) => {
      const text = encodeBase62(bytes);
      expect(text).toMatch(/^[0-9A-Za-z]+$/);
      expect(text).toHaveLength(base62Length(bytes.length));
      expect(decodeBase62(text, bytes.length)).toEqual(Buffer.from(bytes));
    }),
  );
});

test('the widths of the parts of an API key are those documented', () => {
  expect([16, 8, 24, 4].map(base62Length)).toEqual([22, 11, 33, 6]);
});

test('the smallest and biggest values have the expected texts', () => {
  expect(encodeBase62(Buffer.alloc(4))).toBe('000000');
  expect(encodeBase62(Buffer.from([61]))).toBe('0z');
  expect(encodeBase62(Buffer.from([62]))).toBe('10');
  expect(encodeBase62(Buffer.alloc(4, 0xff))).toBe('4gfFC3');
});

test('a number too big for its bytes is refused, so that a value has one text only', () => {
  expect(decodeBase62('4gfFC3', 4)).toEqual(Buffer.alloc(4, 0xff));
  expect(decodeBase62('4gfFC4', 4)).toBeUndefined();
  expect(decodeBase62('zzzzzz', 4)).toBeUndefined();
});

test('another width or another character is refused', () => {
  for (const text of ['', '00000', '0000000', '00000-', '00000é', '00000\n']) {
    expect(decodeBase62(text, 4)).toBeUndefined();
  }
});
