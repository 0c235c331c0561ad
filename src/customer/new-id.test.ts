import { validate, version } from 'uuid';
import { expect, test } from 'vitest';
import { createNewId } from './new-id.ts';

test('ids are UUIDs of version 7 and in the order of their making, also within a millisecond and when a clock goes back', () => {
  let ms = Date.now();
  const steps = [0, 0, 1, -5, 0, 3];
  const newId = createNewId(() => (ms += steps.shift() ?? 0));
  const ids = Array.from({ length: 20_000 }, newId);
  expect(ids.every((id) => validate(id) && version(id) === 7)).toBe(true);
  expect(ids).toEqual(ids.toSorted());
  expect(new Set(ids).size).toBe(ids.length);
});
