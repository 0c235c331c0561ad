import fc from 'fast-check';
import { parseList } from 'structured-headers';
import { expect, test } from 'vitest';
import { createRateLimiter, type RatePolicy } from './rate-limit.ts';

const anyPolicy = fc.record({
  name: fc.constant('key'),
  quota: fc.integer({ min: 1, max: 50 }),
  windowSeconds: fc.integer({ min: 1, max: 90 }),
});

test('a fresh partition may take its quota at once and no more', () => {
  fc.assert(
    fc.property(anyPolicy, fc.double({ min: 0, max: 1e12, noNaN: true }), (policy, timeMs) => {
      const limiter = createRateLimiter([policy], () => timeMs);
      for (let i = 1; i <= policy.quota; i++) {
        const { allowed, headers } = limiter.take('a');
        expect(allowed).toBe(true);
        expect(headers['ratelimit']).toMatch(new RegExp(`^"key";r=${policy.quota - i};t=\\d+$`));
      }
      expect(limiter.take('a').allowed).toBe(false);
      expect(limiter.take('b').allowed).toBe(true);
    }),
  );
});

test('who waits as long as Retry-After says is let through, and a second earlier is not', () => {
  fc.assert(
    fc.property(anyPolicy, fc.nat(1e9), fc.nat(999), (policy, startMs, pauseMs) => {
      let timeMs = startMs;
      const limiter = createRateLimiter([policy], () => timeMs);
      for (let i = 0; i < policy.quota; i++) limiter.take('a');
      timeMs += Math.min(pauseMs, (policy.windowSeconds * 1000) / policy.quota / 2);
      const refused = limiter.take('a');
      if (refused.allowed) throw new Error('The bucket was empty');
      const { retryAfterSeconds } = refused;
      expect(Number.isInteger(retryAfterSeconds)).toBe(true);
      expect(retryAfterSeconds).toBeGreaterThanOrEqual(1);
      timeMs += (retryAfterSeconds - 1) * 1000;
      expect(limiter.take('a').allowed).toBe(false);
      timeMs += 1000;
      expect(limiter.take('a').allowed).toBe(true);
    }),
  );
});

test('over any time no more than one full bucket and the refill are let through', () => {
  const pauses = fc.array(fc.nat(5_000), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(anyPolicy, pauses, (policy, pausesMs) => {
      let timeMs = 0;
      let taken = 0;
      const limiter = createRateLimiter([policy], () => timeMs);
      for (const pauseMs of pausesMs) {
        timeMs += pauseMs;
        if (limiter.take('a').allowed) taken++;
        expect(taken).toBeLessThanOrEqual(policy.quota * (1 + timeMs / 1000 / policy.windowSeconds) + 1e-3);
      }
    }),
  );
});

test('a request takes from every policy or, when one refuses, from none', () => {
  const limiter = createRateLimiter(
    [
      { name: 'key', quota: 2, windowSeconds: 1 },
      { name: 'tenant', quota: 3, windowSeconds: 60 },
    ],
    () => 0,
  );
  expect(limiter.take('k1', 't').headers).toEqual({
    'ratelimit-policy': '"key";q=2;w=1, "tenant";q=3;w=60',
    ratelimit: '"key";r=1;t=1, "tenant";r=2;t=20',
  });
  expect(limiter.take('k1', 't').headers['ratelimit']).toBe('"key";r=0;t=1, "tenant";r=1;t=20');
  const byKey = limiter.take('k1', 't');
  expect(byKey).toMatchObject({ allowed: false, retryAfterSeconds: 1 });
  expect(byKey.headers['ratelimit']).toBe('"key";r=0;t=1, "tenant";r=1;t=20');
  expect(limiter.take('k2', 't').headers['ratelimit']).toBe('"key";r=1;t=1, "tenant";r=0;t=20');
  const byTenant = limiter.take('k2', 't');
  expect(byTenant).toMatchObject({ allowed: false, retryAfterSeconds: 20 });
  expect(byTenant.headers['ratelimit']).toBe('"key";r=1;t=1, "tenant";r=0;t=20');
});

test('the header fields are well-formed structured fields', () => {
  const { headers } = createRateLimiter([{ name: 'key', quota: 1000, windowSeconds: 1 }], () => 5).take('a');
  expect(parseList(headers['ratelimit-policy'] ?? '')).toEqual([
    ['key', new Map(Object.entries({ q: 1000, w: 1 }))],
  ]);
  expect(parseList(headers['ratelimit'] ?? '')).toEqual([['key', new Map(Object.entries({ r: 999, t: 1 }))]]);
});

test('a quota of 0 is no limit and has no header, and the partitions of the others keep their places', () => {
  const unlimited = createRateLimiter([{ name: 'key', quota: 0, windowSeconds: 1 }], () => 0);
  for (let i = 0; i < 100; i++) expect(unlimited.take('a')).toEqual({ allowed: true, headers: {} });
  const policies: RatePolicy[] = [
    { name: 'key', quota: 0, windowSeconds: 1 },
    { name: 'tenant', quota: 1, windowSeconds: 1 },
  ];
  const limiter = createRateLimiter(policies, () => 0);
  expect(limiter.take('k1', 't1').headers['ratelimit-policy']).toBe('"tenant";q=1;w=1');
  expect(limiter.take('k1', 't1').allowed).toBe(false);
  expect(limiter.take('k1', 't2').allowed).toBe(true);
});

test('a bucket in use is kept while the generations change', () => {
  let timeMs = 0;
  const limiter = createRateLimiter([{ name: 'key', quota: 10, windowSeconds: 10 }], () => timeMs);
  for (let i = 0; i < 10; i++) limiter.take('a');
  for (timeMs = 500; timeMs < 60_000; timeMs += 500) {
    expect(limiter.take('a').allowed).toBe(timeMs % 1000 === 0);
  }
});

test('beyond the cap only the partitions not seen for longest start afresh', () => {
  const limiter = createRateLimiter([{ name: 'key', quota: 1, windowSeconds: 3600 }], () => 0, 1_000);
  limiter.take('old');
  for (let i = 0; i < 400; i++) limiter.take(`k${i}`);
  expect(limiter.take('old').allowed).toBe(false);
  for (let i = 400; i < 5_000; i++) limiter.take(`k${i}`);
  expect(limiter.take('k4999').allowed).toBe(false);
  expect(limiter.take('k4600').allowed).toBe(false);
  expect(limiter.take('old').allowed).toBe(true);
});

test('a policy without a partition does not hold for the request, nor stand in its answer', () => {
  const policies: RatePolicy[] = [
    { name: 'key', quota: 5, windowSeconds: 1 },
    { name: 'bound', quota: 1, windowSeconds: 60 },
  ];
  const limiter = createRateLimiter(policies, () => 0);
  expect(limiter.take('k', null).headers).toEqual({
    'ratelimit-policy': '"key";q=5;w=1',
    ratelimit: '"key";r=4;t=1',
  });
  expect(limiter.take('k', 'b')).toMatchObject({
    allowed: true,
    headers: { ratelimit: '"key";r=3;t=1, "bound";r=0;t=60' },
  });
  expect(limiter.take('k', 'b').allowed).toBe(false);
  expect(limiter.take('k', null).allowed).toBe(true);
});
