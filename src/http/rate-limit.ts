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
  /** Takes one request from a partition of each policy, given in the order of the policies, or from none. */
  take(...partitions: string[]): RateDecision;
}

/**
 * Limits requests with one token bucket for each policy and partition, in memory. A bucket holds `quota`
 * tokens and refills evenly over the window. The fields are those of draft-ietf-httpapi-ratelimit-headers-10:
 * `RateLimit-Policy`, always the same, and `RateLimit`, with the requests left and the whole seconds until
 * the next one is added. `now` gives milliseconds of a clock that never goes back, such as `performance.now`.
 * `maxPartitions` bounds the memory: beyond it the partitions not seen for longest start afresh.
 */
export function createRateLimiter(
  policies: readonly RatePolicy[],
  now: () => number,
  maxPartitions = 50_000,
): RateLimiter {
  const limits = policies.flatMap((policy, position) =>
    policy.quota > 0 ? [{ ...policy, position, bucketOf: createBuckets(policy, maxPartitions) }] : [],
  );
  if (limits.length === 0) return { take: () => ({ allowed: true, headers: {} }) };
  const policyField = limits.map((l) => `"${l.name}";q=${l.quota};w=${l.windowSeconds}`).join(', ');

  return {
    take(...partitions) {
      const time = now();
      const buckets = limits.map((limit) => limit.bucketOf(partitions[limit.position] ?? '', time));
      const allowed = buckets.every((bucket) => bucket.tokens >= oneToken);
      if (allowed) for (const bucket of buckets) bucket.tokens = Math.max(0, bucket.tokens - 1);
      const fields = limits.map((limit, i) => limitItem(limit, buckets[i]!));
      const headers = { 'ratelimit-policy': policyField, ratelimit: fields.join(', ') };
      if (allowed) return { allowed, headers };
      const waits = limits.map((limit, i) =>
        buckets[i]!.tokens < oneToken ? nextSeconds(limit, buckets[i]!) : 0,
      );
      return { allowed, headers, retryAfterSeconds: Math.max(1, ...waits) };
    },
  };
}

interface Bucket {
  tokens: number;
  /** When `tokens` was brought up to date, on the limiter's clock. */
  timeMs: number;
}

// Refilling in fractions may end a rounding error below one whole token.
const oneToken = 1 - 1e-6;

/**
 * The buckets of one policy. They live in two generations that change over once a window: a bucket that was
 * not used for a whole window is full, so leaving the old generation behind forgets nothing, and no sweep is
 * needed. The change-over comes early when a generation is full.
 */
function createBuckets({ quota, windowSeconds }: RatePolicy, maxPartitions: number) {
  const windowMs = windowSeconds * 1000;
  let current = new Map<string, Bucket>();
  let former = new Map<string, Bucket>();
  let changedMs = Number.NEGATIVE_INFINITY;

  function changeOver(timeMs: number): void {
    former = current;
    current = new Map();
    changedMs = timeMs;
  }

  return function bucketOf(partition: string, timeMs: number): Bucket {
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
  };
}

function limitItem(policy: RatePolicy, bucket: Bucket): string {
  const remaining = Math.floor(bucket.tokens + 1 - oneToken);
  return `"${policy.name}";r=${remaining};t=${nextSeconds(policy, bucket)}`;
}

/** Whole seconds until the bucket has one more whole token than now; 0 when it is full. */
function nextSeconds({ quota, windowSeconds }: RatePolicy, { tokens }: Bucket): number {
  if (tokens >= quota) return 0;
  const missing = Math.floor(tokens + 1 - oneToken) + 1 - tokens;
  return Math.ceil((missing * windowSeconds) / quota - 1e-9);
}
