import { expect, test } from 'vitest';
import { readPair, splitOutsideQuotes } from './list.ts';

test('separators inside quoted strings do not split', () => {
  expect(splitOutsideQuotes('a, b="1,2" ,,c="\\",", d', ',')).toEqual(['a', 'b="1,2"', 'c="\\","', 'd']);
  expect(splitOutsideQuotes('a;b="1;2";', ';')).toEqual(['a', 'b="1;2"']);
  expect(splitOutsideQuotes('', ',')).toEqual([]);
});

test('an open quote reaches to the end, so nothing behind it is taken for a member', () => {
  expect(splitOutsideQuotes('a="1, b', ',')).toEqual(['a="1, b']);
  expect(splitOutsideQuotes('a="1\\', ',')).toEqual(['a="1\\']);
});

test('a pair has a name in lower case and its value without quotes', () => {
  expect(readPair('Name')).toEqual({ name: 'name', value: undefined });
  expect(readPair('Name = Value')).toEqual({ name: 'name', value: 'Value' });
  expect(readPair('a="x \\"y\\" =\\\\"')).toEqual({ name: 'a', value: 'x "y" =\\' });
  expect(readPair('a=')).toEqual({ name: 'a', value: '' });
  expect(readPair('a=""')).toEqual({ name: 'a', value: '' });
});

test('a malformed pair is none', () => {
  for (const part of ['', '=1', 'a b', 'a=b c', 'a="b', 'a="b"c', 'a=b"', '(a)=1', 'a="\\']) {
    expect(readPair(part)).toBeUndefined();
  }
});
