import { expect, test } from 'vitest';
import { restMs } from './rest.ts';

test('accepted changes take half of the time while callers wait', () => {
  expect(restMs({ tookMs: 40, waitedMs: 0, callersWaiting: 1 })).toBe(40);
});

test('nothing is put off when nobody waits, or once it has waited for half a minute', () => {
  expect(restMs({ tookMs: 40, waitedMs: 0, callersWaiting: 0 })).toBe(0);
  expect(restMs({ tookMs: 40, waitedMs: 30_000, callersWaiting: 64 })).toBe(0);
});

test('a slow batch does not hold up the next one for longer than a quarter of a second', () => {
  expect(restMs({ tookMs: 5000, waitedMs: 5000, callersWaiting: 64 })).toBe(250);
});
