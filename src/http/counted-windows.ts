import type { WindowCount } from '../access/window-count.ts';
import type { Level, Meter, RatePolicy } from './rate-limit.ts';

/** Meters of long windows, whose counts outlive the process. */
export interface CountedWindows {
  /** Counts one policy, under a name of its own. Partitions begin with the tenant's id. */
  meter(name: string, policy: RatePolicy): Meter;
  /** Begins to add counts to storage from time to time. */
  start(): void;
  /** Adds what was counted since, and ends. */
  stop(): Promise<void>;
}

/** Where counts are kept. Where they can not be added now, they are added later with what came meanwhile. */
interface CountedWindowsOptions {
  /** Adds counts of a tenant, and gives the totals of all processes in the same order. */
  add(tenantId: string, counts: WindowCount[]): Promise<number[]>;
  log: { warn(message: string): void };
  now?(): number;
}

/**
 * Makes the meters. Windows are fixed: they follow one another from 1970 on, the same for every process. Counting waits
 * for nothing: what a process counted is added once a second, and the answer tells it what all have counted. So beyond
 * its quota a caller may get what a process lets through in the second before it learns of the others, and a process
 * that is killed forgets its last second.
 */
export const createCountedWindows = ({ add, log, now = Date.now }: CountedWindowsOptions): CountedWindows => {
  const uncounted = new Set<Window>();
  const all = new Set<Map<string, Window>>();
  let timer: NodeJS.Timeout | undefined;
  let adding: Promise<void> = Promise.resolve();
  const addAll = async (): Promise<void> => {
    const tenants = new Map<string, Window[]>();
    for (const window of uncounted) {
      tenants.set(window.tenantId, [...(tenants.get(window.tenantId) ?? []), window]);
    }
    uncounted.clear();
    for (const [tenantId, windows] of tenants) {
      await addCounts(add, tenantId, windows).catch(() => {
        for (const window of windows) uncounted.add(window);
        log.warn('requests could not be counted, and will be counted later');
      });
    }
    for (const windows of all) forget(windows, now());
  };
  const addNext = (): Promise<void> => {
    adding = adding.then(addAll);
    return adding;
  };
  return {
    meter(name, policy) {
      const windows = new Map<string, Window>();
      all.add(windows);
      return windowMeter(name, policy, windows, uncounted, now);
    },
    start() {
      timer = setInterval(() => void (uncounted.size > 0 && addNext()), addEveryMs).unref();
    },
    async stop() {
      clearInterval(timer);
      await addNext();
    },
  };
};

const addEveryMs = 1000;

interface Window extends Level {
  tenantId: string;
  policy: string;
  caller: string;
  endsMs: number;
  /** What all processes had counted when this one last asked. */
  known: number;
  /** What this one counted since. */
  since: number;
}

const windowMeter = (
  name: string,
  policy: RatePolicy,
  windows: Map<string, Window>,
  uncounted: Set<Window>,
  now: () => number,
): Meter<Window> => {
  const windowMs = policy.windowSeconds * 1000;
  return {
    policy,
    level(partition) {
      const time = now();
      const current = windows.get(partition);
      if (current && current.endsMs > time) return current;
      const window: Window = {
        tenantId: partition.slice(0, uuidLength),
        policy: name,
        caller: partition.slice(uuidLength + 1),
        endsMs: (Math.floor(time / windowMs) + 1) * windowMs,
        known: 0,
        since: 0,
        get tokens() {
          return policy.quota - this.known - this.since;
        },
      };
      windows.set(partition, window);
      return window;
    },
    take(window) {
      window.since += 1;
      uncounted.add(window);
    },
    nextSeconds: ({ tokens, endsMs }) =>
      tokens >= policy.quota ? 0 : Math.max(1, Math.ceil((endsMs - now()) / 1000)),
  };
};

const uuidLength = 36;

const addCounts = async (
  add: CountedWindowsOptions['add'],
  tenantId: string,
  windows: Window[],
): Promise<void> => {
  const counts = windows.map(({ policy, caller, endsMs, since }) => ({
    policy,
    caller,
    endsAt: new Date(endsMs),
    count: since,
  }));
  const totals = await add(tenantId, counts);
  windows.forEach((window, index) => {
    window.known = totals[index] as number;
    window.since -= counts[index]?.count as number;
  });
};

/** A window that is over, or whose count is known to storage where there are too many, need not be remembered. */
const forget = (windows: Map<string, Window>, time: number): void => {
  const crowded = windows.size > mostWindows;
  for (const [partition, window] of windows) {
    if (window.since === 0 && (crowded || window.endsMs <= time)) windows.delete(partition);
  }
};

const mostWindows = 50_000;
