import Type from 'typebox';
import { expect, test } from 'vitest';
import { anyObject, group, list, text, textMap } from './field.ts';
import { holdsPersonal, type Shape, shapeAt, shapeOf } from './shape.ts';

const shape = shapeOf(
  Type.Object({
    plain: text(1),
    name: text(1, { personal: true, search: { as: 'name', by: 'words' } }),
    pin: text(1, { secret: true, unique: true }),
    open: group({ inner: text(1), deep: group({ er: text(1) }) }),
    mixed: group({ open: text(1), closed: text(1, { personal: true }) }),
    closed: group({ inner: text(1), list: list(group({ a: text(1) }), 1) }, { personal: true }),
    items: list(group({ id: text(1), email: text(1, { personal: true }) }), 9),
    words: list(text(1), 9),
    map: textMap(1, 1),
    free: anyObject(),
  }),
);
const at = (...path: string[]) => shapeAt(shape, path) as Shape;

test('a member is a group, a list of groups, or a value taken as a whole', () => {
  expect(at('open').kind).toBe('group');
  expect(at('items').kind).toBe('list');
  for (const name of ['plain', 'words', 'map', 'free']) expect(at(name).kind).toBe('leaf');
});

test('marks stand where they were put, and personal and secret hold for all below', () => {
  expect(at('name').marks).toEqual({
    personal: true,
    secret: false,
    unique: false,
    map: false,
    search: { as: 'name', by: 'words' },
  });
  expect(at('pin').marks).toMatchObject({ personal: true, secret: true, unique: true });
  expect(at('closed', 'inner').marks.personal).toBe(true);
  expect(at('closed', 'list', 'id=1', 'a').marks.personal).toBe(true);
  expect(at('mixed').marks.personal).toBe(false);
});

test('a member holds personal data when anything in it is', () => {
  const holds = (...path: string[]) => holdsPersonal(at(...path));
  expect(['name', 'mixed', 'closed', 'items'].map((name) => holds(name))).toEqual([true, true, true, true]);
  expect(['plain', 'open', 'words', 'map', 'free'].some((name) => holds(name))).toBe(false);
  expect(holds('items', 'id=1', 'id')).toBe(false);
});

test('a path leads through groups and items to a place, and inside a free value stays at it', () => {
  expect(shapeAt(shape, [])).toBe(shape);
  expect(at('items', 'id=x', 'email').marks.personal).toBe(true);
  expect(at('free', 'any', 'thing')).toBe(at('free'));
  expect(at('map', 'name')).toBe(at('map'));
  for (const path of [['nope'], ['open', 'nope'], ['items', 'id=x', 'nope'], ['constructor']]) {
    expect(shapeAt(shape, path)).toBeUndefined();
  }
});
