/** Looks for work from time to time, one look after the other. */
interface Sweeper {
  /** Looks now, and then again and again; or first when the time between two looks is over. */
  start(first?: 'now' | 'later'): void;
  /** Looks no more, and waits for the look that is under way. */
  stop(): Promise<void>;
  isStopped(): boolean;
}

/**
 * Makes a sweeper. What a look could not do is done by the next one, so its failure needs no words: it is a database that
 * is away. What is worth a word, `look` says itself.
 */
export const createSweeper = (look: () => Promise<void>, everyMs: number): Sweeper => {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | undefined;
  const wait = (): void => {
    if (!stopped) timer = setTimeout(lookNow, everyMs).unref();
  };
  const lookNow = (): void => {
    looking = look()
      .catch(() => {})
      .finally(wait);
  };
  return {
    start: (first = 'now') => (first === 'now' ? lookNow() : wait()),
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await looking;
    },
    isStopped: () => stopped,
  };
};
