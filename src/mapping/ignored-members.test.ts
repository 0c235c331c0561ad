import Type from 'typebox';
import { expect, test } from 'vitest';
import { anyObject, group, list, text } from '../schema/field.ts';
import { ignoredMembers } from './ignored-members.ts';

const wire = Type.Object({
  id: text(9, { readOnly: true }),
  name: text(9),
  address: group({ town: text(9), created: text(9, { readOnly: true }) }),
  fields: list(group({ label: text(9) }), 9),
  free: anyObject(),
  links: group({ self: text(9) }, { readOnly: true }),
});

test('members that are unknown or set by the service are named and left out, at any depth', () => {
  const body = {
    id: '1',
    name: 'Ada',
    ok: true,
    address: { town: 'Lund', created: 'x', more: { deep: 1 } },
    fields: [{ label: 'a', more: 1 }, { label: 'b', more: 2 }, { label: 'c' }],
    free: { any: { thing: 1 } },
    links: { self: '/' },
    constructor: 1,
  };
  expect(ignoredMembers(wire, body)).toEqual({
    names: ['id', 'ok', 'address.created', 'address.more', 'fields.more', 'links', 'constructor'],
    body: {
      name: 'Ada',
      address: { town: 'Lund' },
      fields: [{ label: 'a' }, { label: 'b' }, { label: 'c' }],
      free: { any: { thing: 1 } },
    },
  });
});

test('a body without any is the same body', () => {
  const body = { name: null, address: { town: 'Lund' }, fields: [{ label: 'a' }] };
  expect(ignoredMembers(wire, body)).toEqual({ names: [], body });
  expect(ignoredMembers(wire, body).body).toBe(body);
});

test('what is of another type is left to be judged', () => {
  const body = { address: 'Lund', fields: [5, { label: 'a' }, null], name: { first: 'Ada' } };
  expect(ignoredMembers(wire, body)).toEqual({ names: [], body });
});
