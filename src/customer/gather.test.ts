import { expect, test } from 'vitest';
import { type GatherOptions, gatherer } from './gather.ts';

/** A gatherer whose groups end when the test says so. */
const held = (options: Partial<GatherOptions<string, string>> = {}) => {
  const groups: { items: string[]; end(): void; fail(error: Error): void }[] = [];
  const made = gatherer<string, string>({
    mostItems: 10,
    mostGroups: 2,
    ...options,
    run: (items) =>
      new Promise((resolve, reject) => {
        const end = () =>
          resolve(items.map((item) => ({ status: 'fulfilled' as const, value: item.toUpperCase() })));
        groups.push({ items, end, fail: reject });
      }),
  });
  return {
    ...made,
    groups,
    turn: () => new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve))),
  };
};

test('what arrives in one turn goes together, at once', async () => {
  const { add, groups, turn } = held();
  const all = Promise.all(['a', 'b', 'c'].map(add));
  await turn();
  expect(groups.map((group) => group.items)).toEqual([['a', 'b', 'c']]);
  groups[0]?.end();
  expect(await all).toEqual(['A', 'B', 'C']);
});

test('what arrives while as many groups as may be are under way waits for one to end', async () => {
  const { add, groups, turn, waiting } = held({ mostGroups: 1 });
  void add('a');
  await turn();
  const rest = Promise.all([add('b'), add('c')]);
  await turn();
  expect(groups).toHaveLength(1);
  expect(waiting()).toBe(2);
  groups[0]?.end();
  await turn();
  expect(groups[1]?.items).toEqual(['b', 'c']);
  groups[1]?.end();
  expect(await rest).toEqual(['B', 'C']);
});

test('a group is never larger than it may be, and the order is kept', async () => {
  const { add, groups, turn } = held({ mostItems: 2, mostGroups: 2 });
  for (const item of ['a', 'b', 'c', 'd', 'e']) void add(item);
  await turn();
  await turn();
  expect(groups.map((group) => group.items)).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ]);
});

test('items of one key are never in two groups at once, and stay in order', async () => {
  const { add, groups, turn } = held({ keyOf: (item) => item[0] as string, mostItems: 2 });
  for (const item of ['a1', 'a2', 'a3', 'b1']) void add(item);
  await turn();
  await turn();
  expect(groups.map((group) => group.items)).toEqual([['a1', 'a2'], ['b1']]);
  void add('a4');
  groups[1]?.end();
  await turn();
  expect(groups).toHaveLength(2);
  groups[0]?.end();
  await turn();
  expect(groups[2]?.items).toEqual(['a3', 'a4']);
});

test('a group that fails as a whole fails each of its items, and the next goes on', async () => {
  const { add, groups, turn } = held({ keyOf: (item) => item });
  const settled = Promise.allSettled([add('a'), add('b')]);
  await turn();
  groups[0]?.fail(new Error('away'));
  expect((await settled).map((one) => one.status)).toEqual(['rejected', 'rejected']);
  const next = add('a');
  await turn();
  groups[1]?.end();
  expect(await next).toBe('A');
});

test('it is drained when nothing waits and nothing is under way', async () => {
  const { add, groups, turn, drained } = held({ mostGroups: 1 });
  await drained();
  void add('a');
  await turn();
  void add('b');
  let done = false;
  const end = drained().then(() => {
    done = true;
  });
  groups[0]?.end();
  await turn();
  expect(done).toBe(false);
  groups[1]?.end();
  await end;
});

test('the size of every group is told', async () => {
  const sizes: number[] = [];
  const { add, groups, turn } = held({ onGroup: (size) => sizes.push(size) });
  for (const item of ['a', 'b']) void add(item);
  await turn();
  groups[0]?.end();
  expect(sizes).toEqual([2]);
});
