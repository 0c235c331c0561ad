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
  let queue: Waiting<Item, Result>[] = [];
  const busyKeys = new Set<string>();
  let underWay = 0;
  let scheduled = false;
  const idle: (() => void)[] = [];

  const schedule = () => {
    if (scheduled || queue.length === 0 || underWay >= options.mostGroups) return;
    scheduled = true;
    setImmediate(start);
  };
  const start = () => {
    scheduled = false;
    const group = take();
    if (group.length === 0) return;
    underWay += 1;
    options.onGroup?.(group.length);
    void carryOut(group).then(() => {
      underWay -= 1;
      for (const one of group) if (one.key !== undefined) busyKeys.delete(one.key);
      schedule();
      if (underWay === 0 && queue.length === 0) for (const done of idle.splice(0)) done();
    });
    schedule();
  };
  const take = (): Waiting<Item, Result>[] => {
    const group: Waiting<Item, Result>[] = [];
    const rest: Waiting<Item, Result>[] = [];
    const few = options.fewItems ?? options.mostItems;
    const most = Math.min(options.mostItems, Math.max(few, Math.ceil(queue.length / 2)));
    for (const one of queue) {
      const free = one.key === undefined || !busyKeys.has(one.key);
      (free && group.length < most ? group : rest).push(one);
    }
    for (const one of group) if (one.key !== undefined) busyKeys.add(one.key);
    queue = rest;
    return group;
  };
  const carryOut = async (group: Waiting<Item, Result>[]) => {
    try {
      const results = await options.run(group.map((one) => one.item));
      for (const [index, one] of group.entries()) settle(one, results[index] as PromiseSettledResult<Result>);
    } catch (error) {
      for (const one of group) one.reject(error);
    }
  };
  return {
    add: (item) =>
      new Promise((resolve, reject) => {
        queue.push({ item, key: options.keyOf?.(item), resolve, reject });
        schedule();
      }),
    waiting: () => queue.length,
    drained: () =>
      new Promise((resolve) => (underWay === 0 && queue.length === 0 ? resolve() : idle.push(resolve))),
  };
};

interface Waiting<Item, Result> {
  item: Item;
  key: string | undefined;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

const settle = <Item, Result>(one: Waiting<Item, Result>, result: PromiseSettledResult<Result>): void => {
  if (result.status === 'fulfilled') one.resolve(result.value);
  else one.reject(result.reason);
};
