import { expect, test } from 'vitest';
import { OperatorError, Refusal } from '../errors.ts';
import { errorName } from './error-name.ts';

test('a log tells the sentence that was written for the operator, and of every other error no message', () => {
  expect(errorName(new OperatorError('The ledger is closed.'))).toBe('The ledger is closed.');
  expect(errorName(new Refusal('unavailable', { detail: 'Ada' }))).toBe('unavailable');
  expect(errorName(new TypeError('Ada'))).toBe('TypeError');
  expect(errorName('Ada')).toBe('string');
});
