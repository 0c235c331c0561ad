/**
 * A figure that is read at most once in so many milliseconds, however often it is asked for: whoever asks meanwhile gets the
 * last one, also while it is being read, and also its failure. `now` is a clock in milliseconds that never goes back.
 */
export const remembered = <T>(
  read: () => Promise<T>,
  forMs: number,
  now = () => performance.now(),
): (() => Promise<T>) => {
  let last: Promise<T> | undefined;
  let until = 0;
  return () => {
    if (last && now() < until) return last;
    until = Number.POSITIVE_INFINITY;
    last = read().finally(() => {
      until = now() + forMs;
    });
    return last;
  };
};
