import type { Asking } from '../access/credentials.ts';
import { bucketMeter, limiterOf } from './rate-limit.ts';
import { rateLimited } from './rate-limited.ts';

/**
 * Bounds how often storage is asked in vain for a caller: keys and tokens that are refused count against the address
 * that they came from, and beyond `quotaPerMinute` (0 is no limit) nothing more is asked of those that were not good
 * before. They are refused with `rate-limited` then, whatever they are; those that were good are asked of freely.
 */
export const createStrangers = (quotaPerMinute: number, now: () => number): ((address: string) => Asking) => {
  const meter = bucketMeter({ name: 'refused', quota: quotaPerMinute, windowSeconds: 60 });
  const limiter = limiterOf([meter], now);
  return (address) => async (question) => {
    // Taken before, so that many at once don't pass together, and given back to what is not refused.
    const decision = limiter.take(address);
    if (!decision.allowed) throw rateLimited(decision);
    let refused = false;
    try {
      const answer = await question();
      refused = answer === undefined;
      return answer;
    } finally {
      if (!refused) meter.level(address, now()).tokens += 1;
    }
  };
};
