import { expect, test } from 'vitest';
import { remembered } from './remembered.ts';

test('a figure is read once in its time, and again when that is over', async () => {
  let nowMs = 0;
  let readings = 0;
  const figure = remembered(
    async () => ++readings,
    1000,
    () => nowMs,
  );
  expect(await Promise.all([figure(), figure()])).toEqual([1, 1]);
  nowMs = 999;
  expect(await figure()).toBe(1);
  nowMs = 1000;
  expect(await figure()).toBe(2);
});

test('however long a reading takes, there is one at a time; its time begins when it ends, also when it fails', async () => {
  let nowMs = 0;
  const ends: ((error: Error) => void)[] = [];
  const figure = remembered(
    () => new Promise<number>((_resolve, reject) => ends.push(reject)),
    1000,
    () => nowMs,
  );
  const first = figure();
  nowMs = 60_000;
  const second = figure();
  expect(ends.length).toBe(1);
  ends[0]?.(new Error('away'));
  await expect(first).rejects.toThrow('away');
  await expect(second).rejects.toThrow('away');
  nowMs = 60_999;
  await expect(figure()).rejects.toThrow('away');
  expect(ends.length).toBe(1);
  nowMs = 61_000;
  void figure();
  expect(ends.length).toBe(2);
});
