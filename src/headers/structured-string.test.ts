import { parseItem } from 'structured-headers';
import { describe, expect, test } from 'vitest';
import { readIdempotencyKey } from './idempotency-key.ts';

/**
 * A table of our own after RFC 9651 (sections 3.3.3 and 4.2.5; the same as RFC 8941): the text of a field, and the
 * string that it is, or undefined where parsing has to fail.
 */
const vectors: [string, string, string | undefined][] = [
  ['two words', '"foo bar"', 'foo bar'],
  ['nothing between the quotes', '""', ''],
  ['a long one', `"${'foo '.repeat(60)}"`, 'foo '.repeat(60)],
  ['spaces alone', '"   "', '   '],
  ['the example of the RFC', '"hello world"', 'hello world'],
  ['surrounding spaces', '  "foo"  ', 'foo'],
  ['escaped quotes and a backslash', '"foo \\"bar\\" \\\\ baz"', 'foo "bar" \\ baz'],
  ['escaped backslash at the end', '"foo\\\\"', 'foo\\'],
  ['printable punctuation', '"!#$%&\'()*+,-./:;<=>?@[]^_`{|}~"', "!#$%&'()*+,-./:;<=>?@[]^_`{|}~"],
  ['parameters', '"foo";a=1;b', 'foo'],
  ['an escaped comma', '"foo \\,"', undefined],
  ['a closing quote that is escaped', '"foo \\"', undefined],
  ['an escape of nothing', '"foo \\', undefined],
  ['no closing quote', '"foo', undefined],
  ['the wrong quotes', "'foo'", undefined],
  ['a tab inside', '"\t"', undefined],
  ['a newline inside', '" \n "', undefined],
  ['a NUL inside', '"\u0000"', undefined],
  ['a DEL inside', '"\u007f"', undefined],
  ['letters beyond ASCII', '"füü"', undefined],
  ['a token after it', '"foo" bar', undefined],
  ['another string after it', '"foo" "bar"', undefined],
  ['a list of strings', '"foo", "bar"', undefined],
  ['an escaped letter', '"\\a"', undefined],
  ['an escaped digit', '"\\0"', undefined],
];

const readWith = <T>(read: () => T): T | undefined => {
  try {
    return read();
  } catch {
    return undefined;
  }
};

describe('a structured-field string', () => {
  test.each(vectors)('%s', (_name, field, text) => {
    const item = readWith(() => parseItem(field)[0]);
    expect(item).toBe(text);
  });

  test.each(vectors.filter(([, field]) => field.startsWith('"')))(
    'as an idempotency key: %s',
    (_name, field, text) => {
      // A key has one to 256 characters, and white space is a key like any other once it is quoted.
      expect(readWith(() => readIdempotencyKey([field]))).toBe(text === '' ? undefined : text);
    },
  );
});
