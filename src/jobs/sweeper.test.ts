import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createSweeper } from './sweeper.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A look that counts itself, and ends when told to. */
const countedLook = () => {
  const ends: (() => void)[] = [];
  const look = () => new Promise<void>((end) => ends.push(end));
  return { look, ends, count: () => ends.length };
};

test('the next look begins a while after the end of the one before, never beside it', async () => {
  const { look, ends, count } = countedLook();
  const sweeper = createSweeper(look, 1000);
  sweeper.start();
  await vi.advanceTimersByTimeAsync(5000);
  expect(count()).toBe(1);
  ends[0]?.();
  await vi.advanceTimersByTimeAsync(999);
  expect(count()).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(count()).toBe(2);
});

test('a look that may wait does not begin at once', async () => {
  const { look, count } = countedLook();
  createSweeper(look, 1000).start('later');
  expect(count()).toBe(0);
  await vi.advanceTimersByTimeAsync(1000);
  expect(count()).toBe(1);
});

test('after a failed look comes another one', async () => {
  let looks = 0;
  const fail = () => {
    looks += 1;
    return Promise.reject(new Error('The database is away.'));
  };
  createSweeper(fail, 1000).start();
  await vi.advanceTimersByTimeAsync(3000);
  expect(looks).toBe(4);
});

test('stopping waits for the look under way, and none follows it', async () => {
  const { look, ends, count } = countedLook();
  const sweeper = createSweeper(look, 1000);
  sweeper.start();
  let stopped = false;
  const stop = sweeper.stop().then(() => {
    stopped = true;
  });
  expect(sweeper.isStopped()).toBe(true);
  await vi.advanceTimersByTimeAsync(5000);
  expect(stopped).toBe(false);
  ends[0]?.();
  await stop;
  await vi.advanceTimersByTimeAsync(5000);
  expect(count()).toBe(1);
});

test('stopping between two looks takes the next one off', async () => {
  const { look, ends, count } = countedLook();
  const sweeper = createSweeper(look, 1000);
  sweeper.start();
  ends[0]?.();
  await vi.advanceTimersByTimeAsync(500);
  await sweeper.stop();
  await vi.advanceTimersByTimeAsync(5000);
  expect(count()).toBe(1);
});
