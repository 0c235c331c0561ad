/** One limit: so many requests in so many seconds for each partition (a key, a tenant). Quota 0 is no limit. */
export interface RatePolicy {
  /** The name in the header fields; printable ASCII without quotes and backslashes. */
  name: string;
  quota: number;
  windowSeconds: number;
}

/** Whether a request may go on, and the header fields of its answer (lower-case names). */
export type RateDecision =
  | { allowed: true; headers: Record<string, string> }
  | { allowed: false; headers: Record<string, string>; retryAfterSeconds: number };

/** Counts requests against all policies at once. */
export interface RateLimiter {
  /**
   * Takes one request from a partition of each policy, given in the order of the policies, or from none. A policy whose
   * partition is null does not hold for this request.
   */
  take(...partitions: (string | null)[]): RateDecision;
}

/** How the requests of a policy are counted. */
export interface Meter<L extends Level = Level> {
  policy: RatePolicy;
  /** What is left to a partition at a time of the limiter's clock. */
  level(partition: string, timeMs: number): L;
  take(level: L): void;
  /** Whole seconds until more is left than now; 0 when all of the quota is. */
  nextSeconds(level: L): number;
}

/** Requests that are left to a partition. */
export interface Level {
  readonly tokens: number;
}

/**
 * Limits requests with one token bucket for each policy and partition, in memory, see `bucketMeter` and `limiterOf`.
 * `now` gives milliseconds of a clock that never goes back, such as `performance.now`.
 */
export const createRateLimiter = (
  policies: readonly RatePolicy[],
  now: () => number,
  maxPartitions?: number,
): RateLimiter =>
  limiterOf(
    policies.map((policy) => bucketMeter(policy, maxPartitions)),
    now,
  );

/**
 * Limits requests by meters, some of which other limiters may share. The fields are those of
 * draft-ietf-httpapi-ratelimit-headers-10: `RateLimit-Policy`, and `RateLimit`, with the requests left and the whole
 * seconds until there are more.
 */
export function limiterOf(meters: readonly Meter[], now: () => number): RateLimiter {
  const limits = meters.flatMap((meter, position) => (meter.policy.quota > 0 ? [{ meter, position }] : []));
  if (limits.length === 0) return { take: () => ({ allowed: true, headers: {} }) };
  const policyField = policyFieldOf(limits);

  return {
    take(...partitions) {
      const time = now();
      const held = partitions.includes(null)
        ? limits.filter(({ position }) => partitions[position] !== null)
        : limits;
      if (held.length === 0) return { allowed: true, headers: {} };
      const levels = held.map(({ meter, position }) => meter.level(partitions[position] ?? '', time));
      const allowed = levels.every(isEnough);
      let fields = '';
      let waitSeconds = 1;
      for (let index = 0; index < held.length; index++) {
        const [meter, level] = [held[index]!.meter, levels[index]!];
        if (allowed) meter.take(level);
        const seconds = meter.nextSeconds(level);
        const remaining = Math.max(0, Math.floor(level.tokens + 1 - oneToken));
        fields += `${index === 0 ? '' : ', '}"${meter.policy.name}";r=${remaining};t=${seconds}`;
        if (!isEnough(level)) waitSeconds = Math.max(waitSeconds, seconds);
      }
      const policyText = held === limits ? policyField : policyFieldOf(held);
      const headers = { 'ratelimit-policy': policyText, ratelimit: fields };
      return allowed ? { allowed, headers } : { allowed, headers, retryAfterSeconds: waitSeconds };
    },
  };
}

const policyFieldOf = (limits: readonly { meter: Meter }[]): string =>
  limits
    .map(({ meter: { policy } }) => `"${policy.name}";q=${policy.quota};w=${policy.windowSeconds}`)
    .join(', ');

// Refilling in fractions may end a rounding error below one whole token.
const oneToken = 1 - 1e-6;

const isEnough = ({ tokens }: Level): boolean => tokens >= oneToken;

interface Bucket extends Level {
  tokens: number;
  /** When `tokens` was brought up to date, on the limiter's clock. */
  timeMs: number;
}

/**
 * Counts in token buckets in memory. A bucket holds `quota` tokens and refills evenly over the window. Buckets live in
 * two generations that change over once a window: a bucket that was not used for a whole window is full, so leaving the
 * old generation behind forgets nothing, and no sweep is needed. The change-over comes early when a generation is full:
 * `maxPartitions` bounds the memory, and beyond it the partitions not seen for longest start afresh.
 */
export function bucketMeter(policy: RatePolicy, maxPartitions = 50_000): Meter<Bucket> {
  const { quota, windowSeconds } = policy;
  const windowMs = windowSeconds * 1000;
  let current = new Map<string, Bucket>();
  let former = new Map<string, Bucket>();
  let changedMs = Number.NEGATIVE_INFINITY;

  function changeOver(timeMs: number): void {
    former = current;
    current = new Map();
    changedMs = timeMs;
  }

  return {
    policy,
    level(partition, timeMs) {
      if (timeMs - changedMs >= windowMs) changeOver(timeMs);
      let bucket = current.get(partition);
      if (!bucket) {
        bucket = former.get(partition) ?? { tokens: quota, timeMs };
        if (current.size >= maxPartitions / 2) changeOver(timeMs);
        current.set(partition, bucket);
      }
      const added = (Math.max(0, timeMs - bucket.timeMs) * quota) / windowMs;
      bucket.tokens = Math.min(quota, bucket.tokens + added);
      bucket.timeMs = timeMs;
      return bucket;
    },
    take(bucket) {
      bucket.tokens = Math.max(0, bucket.tokens - 1);
    },
    nextSeconds({ tokens }) {
      if (tokens >= quota) return 0;
      const missing = Math.floor(tokens + 1 - oneToken) + 1 - tokens;
      return Math.ceil((missing * windowSeconds) / quota - 1e-9);
    },
  };
}
