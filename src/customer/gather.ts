/** Gathers calls into groups: whatever arrives while a group is under way goes into the next one. */
export interface Gatherer<Item, Result> {
  add(item: Item): Promise<Result>;
  /** Items that wait for a group, for the metrics. */
  waiting(): number;
  /** Resolves when nothing waits and nothing is under way. */
  drained(): Promise<void>;
}

/** How groups are made and carried out. Sizes are counted in items, `mostGroups` in groups at one time. */
export interface GatherOptions<Item, Result> {
  /** Carries out one group; must settle every item, in order, and not throw for one item's reason. */
  run(items: Item[]): Promise<PromiseSettledResult<Result>[]>;
  /** Items with the same key never are in two groups at once. */
  keyOf?(item: Item): string;
  mostItems: number;
  /** A group of more than this leaves half of what waits to the next one, so that groups overlap evenly. */
  fewItems?: number;
  mostGroups: number;
  /** A group's size, for the metrics. */
  onGroup?(size: number): void;
}

/**
 * Makes a gatherer. Nobody waits on a timer: a group starts at the end of the current turn of the event loop, as
 * long as fewer than `mostGroups` are under way.
 */
export const gatherer = <Item, Result>(options: GatherOptions<Item, Result>): Gatherer<Item, Result> => {
  const queue: Queue<Item, Result> = { waiting: [], busyKeys: new Set() };
  let underWay = 0;
  let scheduled = false;
  const idle: (() => void)[] = [];

  const isIdle = () => underWay === 0 && queue.waiting.length === 0;
  const schedule = () => {
    if (scheduled || queue.waiting.length === 0 || underWay >= options.mostGroups) return;
    scheduled = true;
    setImmediate(start);
  };
  const start = () => {
    scheduled = false;
    const group = takeGroup(queue, options);
    if (group.length === 0) return;
    underWay += 1;
    options.onGroup?.(group.length);
    void carryOut(group, options).then(() => {
      underWay -= 1;
      for (const one of group) if (one.key !== undefined) queue.busyKeys.delete(one.key);
      schedule();
      if (isIdle()) for (const done of idle.splice(0)) done();
    });
    schedule();
  };
  return {
    add: (item) =>
      new Promise((resolve, reject) => {
        queue.waiting.push({ item, key: options.keyOf?.(item), resolve, reject });
        schedule();
      }),
    waiting: () => queue.waiting.length,
    drained: () => new Promise((resolve) => (isIdle() ? resolve() : idle.push(resolve))),
  };
};

/** What waits for a group, and the keys of what is under way. */
interface Queue<Item, Result> {
  waiting: Waiting<Item, Result>[];
  readonly busyKeys: Set<string>;
}

interface Waiting<Item, Result> {
  item: Item;
  key: string | undefined;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/** Takes the next group off the queue: as many as may be of those whose keys are free, in their order. */
const takeGroup = <Item, Result>(
  queue: Queue<Item, Result>,
  { mostItems, fewItems = mostItems }: GatherOptions<Item, Result>,
): Waiting<Item, Result>[] => {
  const { waiting, busyKeys } = queue;
  const group: Waiting<Item, Result>[] = [];
  const rest: Waiting<Item, Result>[] = [];
  const most = Math.min(mostItems, Math.max(fewItems, Math.ceil(waiting.length / 2)));
  for (const one of waiting) {
    const free = one.key === undefined || !busyKeys.has(one.key);
    (free && group.length < most ? group : rest).push(one);
  }
  for (const one of group) if (one.key !== undefined) busyKeys.add(one.key);
  queue.waiting = rest;
  return group;
};

/** Runs a group and settles every item of it. */
const carryOut = async <Item, Result>(
  group: readonly Waiting<Item, Result>[],
  options: GatherOptions<Item, Result>,
): Promise<void> => {
  try {
    const results = await options.run(group.map((one) => one.item));
    for (const [index, one] of group.entries()) settle(one, results[index] as PromiseSettledResult<Result>);
  } catch (error) {
    for (const one of group) one.reject(error);
  }
};

const settle = <Item, Result>(one: Waiting<Item, Result>, result: PromiseSettledResult<Result>): void => {
  if (result.status === 'fulfilled') one.resolve(result.value);
  else one.reject(result.reason);
};
