import Type from 'typebox';
import { expect, test } from 'vitest';
import { group, list, text } from '../schema/field.ts';
import { ignoredByPatch } from './ignored-by-patch.ts';

const wire = Type.Object({
  name: text(10),
  made: text(10, { readOnly: true }),
  home: group({ city: text(10), id: text(10, { readOnly: true }) }),
  items: list(group({ value: text(10), id: text(10, { readOnly: true }) }), 5),
});
const limits = { maxOperations: 5 };
const ignored = (...operations: object[]) => ignoredByPatch(wire, operations as never, limits);

test('names what is written and not known or set by the service, each once, at any depth', () => {
  expect(ignored({ op: 'replace', path: '/name', value: 'x' }, { op: 'remove', path: '/home/city' })).toEqual(
    [],
  );
  expect(
    ignored(
      { op: 'replace', path: '/made', value: 'x' },
      { op: 'remove', path: '/made' },
      { op: 'replace', path: '/items/0/id', value: 'x' },
      { op: 'add', path: '/items/-', value: { value: 'x', colour: 'red' } },
      { op: 'add', path: '', value: { home: { id: 'x' } } },
    ),
  ).toEqual(['made', 'items.id', 'items.colour', 'home.id']);
});

test('names both ends of a move, the end of a copy, and nothing that is only tested', () => {
  expect(ignored({ op: 'move', from: '/made', path: '/other' })).toEqual(['other', 'made']);
  expect(ignored({ op: 'copy', from: '/made', path: '/name' })).toEqual([]);
  expect(ignored({ op: 'test', path: '/made', value: 'x' })).toEqual([]);
});

test('refuses what is no patch, or too much of one', () => {
  const refused = expect.objectContaining({ code: 'invalid-patch' });
  expect(() => ignoredByPatch(wire, {}, limits)).toThrow(refused);
  expect(() => ignored(...Array(6).fill({ op: 'remove', path: '/name' }))).toThrow(refused);
});
