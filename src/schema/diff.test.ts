import { describe, expect, test } from 'vitest';
import { applyChanges } from './apply-changes.ts';
import { touches } from './change.ts';
import { conflicts } from './conflicts.ts';
import { diff } from './diff.ts';
import type { JsonObject } from './json.ts';
import { revert } from './revert.ts';

describe('what a change looks like', () => {
  const list = (...items: [string, number][]) => items.map(([id, p]) => ({ id, p }));

  test('members are named to the leaf, and absence differs from null', () => {
    expect(diff({ a: { b: 1, c: null }, d: 1 }, { a: { b: 2, e: null }, d: 1 })).toEqual([
      { path: '/a/b', before: 1, after: 2 },
      { path: '/a/c', before: null },
      { path: '/a/e', after: null },
    ]);
  });

  test('items of a keyed list are named by id, with their places when added or removed', () => {
    const before = { contacts: list(['1', 1], ['2', 2], ['3', 3]) };
    const after = { contacts: list(['2', 9], ['4', 4], ['3', 3]) };
    expect(diff(before, after)).toEqual([
      { path: '/contacts/id=1', before: { id: '1', p: 1 }, was: 0 },
      { path: '/contacts/id=2/p', before: 2, after: 9 },
      { path: '/contacts/id=4', after: { id: '4', p: 4 }, at: 1 },
    ]);
  });

  test('a list in another order, with a doubled or missing id, or with other items is one value', () => {
    const one = list(['1', 1], ['2', 2]);
    for (const other of [one.toReversed(), [...one, one[0]!], [...one, { p: 1 }], [...one, 5], [{ id: 1 }]]) {
      expect(diff({ l: one }, { l: other })).toEqual([{ path: '/l', before: one, after: other }]);
    }
    expect(diff({ l: ['a'] }, { l: ['a', 'b'] })).toEqual([{ path: '/l', before: ['a'], after: ['a', 'b'] }]);
  });

  test('an object with a member that looks like an item is one value', () => {
    const [before, after] = [
      { 'id=1': 1, a: 1 },
      { 'id=1': 1, a: 2 },
    ];
    expect(diff({ o: before }, { o: after })).toEqual([{ path: '/o', before, after }]);
    expect(diff({ o: [{ id: '1', ...before }] }, { o: [{ id: '1', ...after }] })).toMatchObject([
      { path: '/o/id=1', before, after },
    ]);
  });

  test('an absent list is not an empty one', () => {
    const full = list(['1', 1]);
    expect(diff({}, { l: full })).toEqual([{ path: '/l', after: full }]);
    expect(diff({ l: [] }, { l: full })).toEqual([{ path: '/l/id=1', after: full[0], at: 0 }]);
    expect(diff({ l: full }, { l: [] })).toEqual([{ path: '/l/id=1', before: full[0], was: 0 }]);
    expect(diff({ l: [] }, {})).toEqual([{ path: '/l', before: [] }]);
  });
});

describe('conflicts', () => {
  const base = { a: 1, list: [{ id: '1', p: 1 }] };
  const of = (mine: JsonObject, theirs: JsonObject) => conflicts(diff(base, mine), diff(base, theirs));

  test('the same member with two values, but not with the same value', () => {
    expect(of({ ...base, a: 2 }, { ...base, a: 3 })).toEqual([
      { path: '/a', mine: { path: '/a', before: 1, after: 2 }, theirs: { path: '/a', before: 1, after: 3 } },
    ]);
    expect(of({ ...base, a: 2 }, { ...base, a: 2 })).toEqual([]);
  });

  test('a removed item and a change inside it', () => {
    const edited = { a: 1, list: [{ id: '1', p: 2 }] };
    expect(of({ a: 1, list: [] }, edited)).toMatchObject([{ path: '/list/id=1' }]);
    expect(of(edited, { a: 1, list: [] })).toMatchObject([{ path: '/list/id=1' }]);
  });

  test('two items added by two callers stay both', () => {
    const item = (id: string) => ({ id, p: 1 });
    const mine = diff(base, { a: 1, list: [item('1'), item('2')] });
    const theirs = { a: 1, list: [item('3'), item('1')] };
    expect(conflicts(mine, diff(base, theirs))).toEqual([]);
    expect(applyChanges(theirs, mine)['list']).toEqual([item('3'), item('2'), item('1')]);
  });
});

describe('revert', () => {
  const item = (id: string, rest: JsonObject = {}) => ({ id, ...rest });

  test('something added inside an added item since is not lost', () => {
    const changes = diff({ list: [] }, { list: [item('1')] });
    const current = { list: [item('1', { phone: 'x' }), item('2')] };
    expect(revert(current, changes)).toEqual({ conflicts: ['/list/id=1'] });
  });

  test('a removed item comes back beside the items added since', () => {
    const changes = diff({ list: [item('1'), item('2')] }, { list: [item('2')] });
    expect(revert({ list: [item('2'), item('3')] }, changes)).toEqual({
      next: { list: [item('1'), item('2'), item('3')] },
    });
  });

  test('a removed member whose holder is gone, or was put back, is a conflict', () => {
    const changes = diff({ a: { b: 1 } }, { a: {} });
    expect(revert({}, changes)).toEqual({ conflicts: ['/a/b'] });
    expect(revert({ a: { b: 2 } }, changes)).toEqual({ conflicts: ['/a/b'] });
    expect(revert({ a: { c: 2 } }, changes)).toEqual({ next: { a: { b: 1, c: 2 } } });
    expect(revert({ list: {} }, diff({ list: [item('1')] }, { list: [] }))).toEqual({
      conflicts: ['/list/id=1'],
    });
    expect(revert({ list: 1 }, diff({ list: [item('1')] }, { list: [] }))).toEqual({
      conflicts: ['/list/id=1'],
    });
  });
});

test('a path touches itself and what holds it, by whole segments', () => {
  expect(touches('/a/b', '/a')).toBe(true);
  expect(touches('/a', '/a')).toBe(true);
  expect(touches('/a', '')).toBe(true);
  expect(touches('/ab', '/a')).toBe(false);
  expect(touches('/a', '/a/b')).toBe(false);
});

test('a change inside something absent is an error, never lost', () => {
  expect(() => applyChanges({}, [{ path: '/a/b', after: 1 }])).toThrow(/does not have/);
  expect(() => applyChanges({ a: [] }, [{ path: '/a/id=1/b', after: 1 }])).toThrow(/does not have/);
});
