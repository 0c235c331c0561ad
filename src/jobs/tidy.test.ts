import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createTidying } from './tidy.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const minutesMs = 60_000;

test('tidying begins after ten minutes, and its stop waits for the step that is under way', async () => {
  let end = () => {};
  let steps = 0;
  const step = () => {
    steps += 1;
    return new Promise<{ removed: Record<string, number>; more: boolean }>((resolve) => {
      end = () => resolve({ removed: {}, more: true });
    });
  };
  const log = { info() {}, error() {} };
  const tidying = createTidying({ tenants: async () => ['one'], steps: [step], onRemoved() {}, log });
  await vi.advanceTimersByTimeAsync(20 * minutesMs);
  expect(steps, 'before it was started').toBe(0);
  tidying.start();
  await vi.advanceTimersByTimeAsync(10 * minutesMs);
  expect(steps).toBe(1);
  let stopped = false;
  const stop = tidying.stop().then(() => {
    stopped = true;
  });
  await vi.advanceTimersByTimeAsync(minutesMs);
  expect(stopped).toBe(false);
  end();
  await stop;
  expect(steps).toBe(1);
});
