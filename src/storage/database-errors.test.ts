import { expect, test } from 'vitest';
import { isAway } from './database-errors.ts';

const withCode = (code: string) => Object.assign(new Error('as the server says it'), { code });

test.each([
  ['08006', 'the connection is lost'],
  ['53100', 'the disk is full'],
  ['53200', 'memory or locks run out'],
  ['53300', 'there are too many connections'],
  ['57014', 'a statement took too long'],
  ['57P01', 'the server shuts down'],
  ['58030', 'the server can not read or write its files'],
])('%s is a database that takes no work: %s', (code) => {
  expect(isAway(withCode(code))).toBe(true);
});

test.each([
  ['22012', 'a wrong count'],
  ['23505', 'a value that is there already'],
  ['40001', 'a transaction that met another one'],
  ['42501', 'a right that is missing'],
])('%s is none: %s', (code) => {
  expect(isAway(withCode(code))).toBe(false);
});
