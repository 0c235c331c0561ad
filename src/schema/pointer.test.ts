import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Refusal } from '../errors.ts';
import { formatPointer, parsePointer } from './pointer.ts';

describe('RFC 6901 section 5', () => {
  const rows: [string, string[]][] = [
    ['', []],
    ['/foo', ['foo']],
    ['/foo/0', ['foo', '0']],
    ['/', ['']],
    ['/a~1b', ['a/b']],
    ['/c%d', ['c%d']],
    ['/e^f', ['e^f']],
    ['/g|h', ['g|h']],
    ['/i\\j', ['i\\j']],
    ['/k"l', ['k"l']],
    ['/ ', [' ']],
    ['/m~0n', ['m~n']],
    ['/~01', ['~1']],
  ];
  test.each(rows)('%j reads as %j and is written back the same', (text, segments) => {
    expect(parsePointer(text)).toEqual(segments);
    expect(formatPointer(segments)).toBe(text);
  });
});

test('every list of segments survives writing and reading', () => {
  const segment = fc.oneof(fc.string(), fc.stringMatching(/^[~/01a]*$/));
  fc.assert(
    fc.property(fc.array(segment), (segments) => {
      expect(parsePointer(formatPointer(segments))).toEqual(segments);
    }),
    { numRuns: 2000 },
  );
});

test('numbers are written as array indices', () => {
  expect(formatPointer(['a', 0, 'b', 12])).toBe('/a/0/b/12');
});

test.each(['a', 'a/b', '/a~', '/~2', '/a~/b', '#/a'])(
  '%j is refused and the fault names its member',
  (text) => {
    try {
      parsePointer(text, '/3/path');
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(Refusal);
      const { code, faults } = error as Refusal;
      expect(code).toBe('invalid-patch');
      expect(faults).toMatchObject([{ pointer: '/3/path', rule: 'pointer' }]);
    }
  },
);
