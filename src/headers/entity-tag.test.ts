import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Refusal } from '../errors.ts';
import { entityTag, readIfMatch, readIfNoneMatch } from './entity-tag.ts';

test('a version comes back from its tag, in both headers', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), { minLength: 1 }),
      (versions) => {
        const header = versions.map(entityTag).join(', ');
        expect(readIfMatch(header)).toEqual({ kind: 'versions', versions });
        expect(readIfNoneMatch(header)).toEqual({ kind: 'versions', versions });
      },
    ),
  );
});

test('no header is no condition, and a star is any version', () => {
  for (const read of [readIfMatch, readIfNoneMatch]) {
    expect(read(undefined)).toEqual({ kind: 'none' });
    expect(read('*')).toEqual({ kind: 'any' });
    expect(read(' * ')).toEqual({ kind: 'any' });
  }
});

test('a weak tag never matches in If-Match and stands for its version in If-None-Match', () => {
  expect(readIfMatch('W/"7"')).toEqual({ kind: 'versions', versions: [] });
  expect(readIfMatch('W/"7", "8"')).toEqual({ kind: 'versions', versions: [8] });
  expect(readIfNoneMatch('W/"7", "8"')).toEqual({ kind: 'versions', versions: [7, 8] });
});

test('a tag that was never ours matches nothing and still is a condition', () => {
  for (const tag of [
    '"abc"',
    '""',
    '"0"',
    '"07"',
    '"+7"',
    '"7.0"',
    '"0x7"',
    '"-1"',
    '"9007199254740992"',
    '"a,b"',
    '"\u00e9"',
  ]) {
    expect(readIfMatch(tag)).toEqual({ kind: 'versions', versions: [] });
  }
  expect(readIfMatch('"a,b","7"')).toEqual({ kind: 'versions', versions: [7] });
});

test('empty members of the list are skipped (RFC 9110 section 5.6.1.2)', () => {
  expect(readIfMatch(' , "7" ,,\t"8", ')).toEqual({ kind: 'versions', versions: [7, 8] });
});

describe('a malformed header is refused', () => {
  test.each([
    '',
    ' , ',
    '7',
    '"7',
    '7"',
    '"7" "8"',
    '"7""8"',
    '"7", *',
    '*, "7"',
    'w/"7"',
    'W/7',
    '"7 8"',
    '"7"x',
  ])('%j', (value) => {
    for (const read of [readIfMatch, readIfNoneMatch]) {
      expect(() => read(value)).toThrow(Refusal);
      expect(() => read(value)).toThrow(expect.objectContaining({ code: 'invalid-header' }));
    }
  });
});
