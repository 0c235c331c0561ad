import { expect, test } from 'vitest';
import { applyChanges } from './apply-changes.ts';
import { commonStart } from './common-start.ts';
import { conflicts } from './conflicts.ts';
import { diff } from './diff.ts';

test('an object that both made is compared member by member', () => {
  const [mine, theirs] = [{ map: { a: 1, deep: { x: 1 } } }, { map: { b: 2, deep: { y: 2 } } }];
  const start = commonStart({}, mine, theirs);
  expect(start).toEqual({ map: { deep: {} } });
  const changes = diff(start, mine);
  expect(conflicts(changes, diff(start, theirs))).toEqual([]);
  expect(applyChanges(theirs, changes)).toEqual({ map: { a: 1, b: 2, deep: { x: 1, y: 2 } } });
});

test('what only one made, was null, or is no object on both sides stays as it was', () => {
  const base = { nothing: null, text: 'x', kept: { a: 1 } };
  const mine = { nothing: { a: 1 }, text: { a: 1 }, kept: { a: 2 }, mineAlone: {}, list: [1] };
  const theirs = { nothing: { b: 1 }, text: { b: 1 }, kept: { a: 3 }, list: [2] };
  expect(commonStart(base, mine, theirs)).toBe(base);
});

test('a member named __proto__ is a member as any other', () => {
  const mine = JSON.parse('{"__proto__":{"a":1}}');
  const start = commonStart({}, mine, JSON.parse('{"__proto__":{"b":1}}'));
  expect(Object.keys(start)).toEqual(['__proto__']);
  expect(Object.getPrototypeOf(start)).toBe(Object.prototype);
});
