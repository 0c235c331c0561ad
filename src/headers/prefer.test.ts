import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readPrefer } from './prefer.ts';

const nothing = { respondAsync: false, return: undefined };

test('no header asks for nothing', () => {
  expect(readPrefer([])).toEqual(nothing);
  expect(readPrefer([''])).toEqual(nothing);
});

test('the examples of RFC 7240 are understood', () => {
  expect(readPrefer(['respond-async, wait=10'])).toEqual({ ...nothing, respondAsync: true });
  expect(readPrefer(['respond-async', 'wait=100'])).toEqual({ ...nothing, respondAsync: true });
  expect(readPrefer(['return=minimal; foo="some parameter"'])).toEqual({ ...nothing, return: 'minimal' });
  expect(readPrefer(['foo; bar="", return = representation'])).toEqual({
    ...nothing,
    return: 'representation',
  });
  expect(readPrefer(['Lenient, RESPOND-ASYNC'])).toEqual({ ...nothing, respondAsync: true });
  expect(readPrefer(['return="minimal", respond-async=""'])).toEqual({
    respondAsync: true,
    return: 'minimal',
  });
});

test('the first of two equal preferences counts', () => {
  expect(readPrefer(['return=minimal, return=representation', 'return=representation']).return).toBe(
    'minimal',
  );
});

test('unknown and malformed preferences are ignored, and the others kept', () => {
  expect(readPrefer(['(x), =1, a b, return=some, wait=-1, wait, respond-async'])).toEqual({
    ...nothing,
    respondAsync: true,
  });
  expect(readPrefer(['foo="a, respond-async'])).toEqual(nothing);
  expect(readPrefer(['foo="a, respond-async", return=minimal'])).toEqual({ ...nothing, return: 'minimal' });
  expect(readPrefer(['respond-async=later, wait=1.5'])).toEqual(nothing);
});

test('any text at all is read without an error', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary-ascii' })), (values) => {
      expect(typeof readPrefer(values).respondAsync).toBe('boolean');
    }),
  );
});
