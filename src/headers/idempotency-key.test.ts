import fc from 'fast-check';
import { serializeString } from 'structured-headers';
import { describe, expect, test } from 'vitest';
import { Refusal } from '../errors.ts';
import { readIdempotencyKey } from './idempotency-key.ts';

const key = fc
  .array(fc.integer({ min: 0x21, max: 0x7e }), { minLength: 1, maxLength: 256 })
  .map((codes) => String.fromCharCode(...codes));

test('no header is no key', () => {
  expect(readIdempotencyKey([])).toBeUndefined();
});

test('the bare and the quoted form are the same key', () => {
  expect(readIdempotencyKey(['abc'])).toBe('abc');
  expect(readIdempotencyKey(['"abc"'])).toBe('abc');
  expect(readIdempotencyKey(['  "abc" '])).toBe('abc');
  expect(readIdempotencyKey(['"a b \\"c\\" \\\\"'])).toBe('a b "c" \\');
  expect(readIdempotencyKey(['"abc";retry=2'])).toBe('abc');
});

test('every printable key survives quoting, and bare when it does not begin with a quote', () => {
  fc.assert(
    fc.property(key, (text) => {
      expect(readIdempotencyKey([serializeString(text)])).toBe(text);
      fc.pre(!text.startsWith('"'));
      expect(readIdempotencyKey([text])).toBe(text);
    }),
  );
});

test('the length is counted after unquoting', () => {
  const longest = '"'.repeat(256);
  expect(readIdempotencyKey([serializeString(longest)])).toBe(longest);
  expect(ruleOf([serializeString(`${longest}"`)])).toBe('maxLength');
  expect(ruleOf(['k'.repeat(257)])).toBe('maxLength');
});

describe('a refusal names the header and the rule', () => {
  test.each([
    ['two headers', ['abc', 'abc'], 'single'],
    ['an empty header', [''], 'minLength'],
    ['an empty string', ['""'], 'minLength'],
    ['an open quote', ['"abc'], 'format'],
    ['text after the quote', ['"abc"def'], 'format'],
    ['two keys joined into one header', ['"abc", "def"'], 'format'],
    ['an unknown escape', ['"a\\bc"'], 'format'],
    ['a control character', ['a\tb'], 'pattern'],
    ['a character beyond ASCII', ['"caf\u00e9"'], 'pattern'],
    ['a no-break space at the end', ['abc\u00a0'], 'pattern'],
  ])('%s', (_name, values, rule) => {
    expect(ruleOf(values)).toBe(rule);
  });
});

function ruleOf(values: string[]): string | undefined {
  try {
    readIdempotencyKey(values);
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    expect(error.code).toBe('invalid-header');
    expect(error.faults[0]?.pointer).toBe('Idempotency-Key');
    return error.faults[0]?.rule;
  }
}
