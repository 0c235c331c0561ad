import { Refusal } from '../errors.ts';
import type { RateDecision } from './rate-limit.ts';

/** The refusal of a request beyond a limit: it says the limits, and when to come again. */
export const rateLimited = ({
  headers,
  retryAfterSeconds,
}: Extract<RateDecision, { allowed: false }>): Refusal =>
  new Refusal('rate-limited', { headers: { ...headers, 'retry-after': String(retryAfterSeconds) } });
