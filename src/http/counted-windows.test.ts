import { expect, test } from 'vitest';
import type { WindowCount } from '../access/window-count.ts';
import { createCountedWindows } from './counted-windows.ts';
import { limiterOf } from './rate-limit.ts';

const tenantId = '018f0000-0000-7000-8000-000000000001';
const key = `${tenantId} key_a`;
const policy = { name: 'hour', quota: 3, windowSeconds: 3600 };

/** What all processes share; it can be away. */
const sharedCounts = () => {
  const totals = new Map<string, number>();
  const shared = {
    away: false,
    async add(tenant: string, counts: WindowCount[]) {
      if (shared.away) throw new Error('away');
      return counts.map((one) => {
        const name = JSON.stringify([tenant, one.policy, one.caller, one.endsAt]);
        totals.set(name, (totals.get(name) ?? 0) + one.count);
        return totals.get(name) as number;
      });
    },
    totals: () => [...totals.values()],
  };
  return shared;
};
const log = { warn() {} };
const processOf = (shared: ReturnType<typeof sharedCounts>, clock: { ms: number }) => {
  const windows = createCountedWindows({ add: shared.add, log, now: () => clock.ms });
  return { windows, limiter: limiterOf([windows.meter('made.hour', policy)], () => clock.ms) };
};

test('a window ends at its time for every caller at once, and the next one begins', () => {
  const clock = { ms: 3_600_000 * 10 + 1000 };
  const { limiter } = processOf(sharedCounts(), clock);
  for (const left of [2, 1, 0]) {
    expect(limiter.take(key).headers['ratelimit']).toBe(`"hour";r=${left};t=3599`);
  }
  expect(limiter.take(key)).toMatchObject({ allowed: false, retryAfterSeconds: 3599 });
  expect(limiter.take(`${tenantId} key_b`).allowed).toBe(true);
  clock.ms = 3_600_000 * 11 - 1;
  expect(limiter.take(key)).toMatchObject({ allowed: false, retryAfterSeconds: 1 });
  clock.ms += 1;
  expect(limiter.take(key)).toMatchObject({ allowed: true });
});

test('a process that starts anew learns of what was counted with its first counts', async () => {
  const [shared, clock] = [sharedCounts(), { ms: 0 }];
  const before = processOf(shared, clock);
  before.limiter.take(key);
  before.limiter.take(key);
  await before.windows.stop();
  const after = processOf(shared, clock);
  expect(after.limiter.take(key).allowed).toBe(true);
  await after.windows.stop();
  expect(after.limiter.take(key).allowed).toBe(false);
});

test('nothing is counted twice or forgotten while storage is away or counts are on their way', async () => {
  const [shared, clock] = [sharedCounts(), { ms: 0 }];
  const { windows, limiter } = processOf(shared, clock);
  shared.away = true;
  limiter.take(key);
  await windows.stop();
  expect(shared.totals()).toEqual([]);
  shared.away = false;
  limiter.take(key);
  const adding = windows.stop();
  limiter.take(key);
  expect(limiter.take(key).allowed).toBe(false);
  await adding;
  await windows.stop();
  expect(shared.totals()).toEqual([3]);
  expect(limiter.take(key).allowed).toBe(false);
});

test('what is counted after its window ended still belongs to it', async () => {
  const [shared, clock] = [sharedCounts(), { ms: 3_599_999 }];
  const { windows, limiter } = processOf(shared, clock);
  limiter.take(key);
  clock.ms += 1;
  limiter.take(key);
  limiter.take(key);
  await windows.stop();
  expect(shared.totals().sort()).toEqual([1, 2]);
});
