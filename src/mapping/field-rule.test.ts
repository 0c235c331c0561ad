import Type from 'typebox';
import { expect, test } from 'vitest';
import { choice, group, integer, text } from '../schema/field.ts';
import type { JsonObject } from '../schema/json.ts';
import { choices } from './codecs/choices.ts';
import { defineMapping } from './define-mapping.ts';
import { constant, field, own } from './rule.ts';

const state = choices([
  ['on', 'A'],
  ['paused', 'A'],
  ['off', 'B'],
]);
const mapping = (absent: 'null' | 'omit') =>
  defineMapping({
    contract: 'vendor',
    wire: Type.Object({
      number: integer(1, 9, { readOnly: true }),
      name: text(5),
      state: choice(['A', 'B']),
      money: group({ currency: text(3), rank: integer(0, 9) }),
      kind: text(10),
    }),
    absent,
    rules: [
      field('number', 'number'),
      field('name', 'name'),
      field('state', 'state', state),
      field('money.currency', 'billing.currency'),
      own('money.rank'),
      constant('kind', 'customer'),
    ],
    system: ['number'],
    omits: [],
  });
const vendor = mapping('omit');
const full = { name: 'Ada', state: 'off', billing: { currency: 'SEK' }, number: 3 };

test('a member without a value is written as null, or left out, as the mapping says', () => {
  expect(vendor.write({ name: null, number: 1 })).toEqual({ number: 1, kind: 'customer' });
  const money = { currency: null, rank: null };
  expect(mapping('null').write({ name: null })).toEqual({
    number: null,
    name: null,
    state: null,
    money,
    kind: 'customer',
  });
});

test('an absent member removes the value of the record, null makes it null', () => {
  const { name: _name, ...document } = vendor.write(full);
  expect(vendor.read(document, full)).toEqual({ state: 'off', billing: { currency: 'SEK' } });
  expect(vendor.read({ ...document, name: null }, full)).toMatchObject({ name: null });
});

test('where there is no value, neither an absent member nor null changes anything', () => {
  for (const record of [{}, { name: null }]) {
    expect(vendor.read({}, record)).toBe(record);
    expect(vendor.read({ name: null, money: null }, record)).toBe(record);
  }
});

test('what only reads the same on the wire stays as it is, until it is said otherwise', () => {
  const record = { state: 'paused', name: 'much longer than the wire allows' };
  const document = vendor.write(record);
  expect(document).toMatchObject({ state: 'A', name: record.name });
  expect(vendor.read({ ...document, name: 'Ada' }, record)).toEqual({ state: 'paused', name: 'Ada' });
  expect(vendor.read({ ...document, state: 'B' }, record)).toEqual({ ...record, state: 'off' });
  expect(vendor.read({ state: 'A' }, { state: 'off' })).toEqual({ state: 'on' });
});

test('a mask is shown as it is and comes back', () => {
  const record = { state: '***', billing: { currency: '***' } };
  expect(vendor.write(record)).toMatchObject({ state: '***', money: { currency: '***' } });
  expect(vendor.read(vendor.write(record), record)).toBe(record);
  expect(() => vendor.read({ state: '***' }, { state: 'on' })).toThrow();
});

test('groups are made on the way and go when they become empty by it', () => {
  expect(vendor.read({ money: { currency: 'SEK' } }, { billing: null })).toEqual({
    billing: { currency: 'SEK' },
  });
  expect(vendor.read({}, { billing: { currency: 'SEK' } })).toEqual({});
  const more = { billing: { currency: 'SEK', name: 'x' } };
  expect(vendor.read({}, more)).toEqual({ billing: { name: 'x' } });
  const empty = { billing: {} };
  expect(vendor.read({ name: 'Ada' }, empty)).toEqual({ name: 'Ada', billing: {} });
});

test('a member of its own is kept for the contract alone, beside those of others', () => {
  const record = { extensions: { other: { rank: 1 } } };
  const read = vendor.read({ money: { rank: 5 } }, record);
  expect(read).toEqual({ extensions: { other: { rank: 1 }, vendor: { money: { rank: 5 } } } });
  expect(vendor.write(read)).toMatchObject({ money: { rank: 5 } });
  expect(vendor.read({}, read)).toEqual(record);
});

test('nothing is written into a part that is shown as a mask', () => {
  const record = { extensions: { vendor: '***' } };
  expect(vendor.read({}, record)).toBe(record);
  expect(faults({ money: { rank: 5 } }, record)).toMatchObject([{ pointer: '/money/rank', rule: 'masked' }]);
});

test('a value that the schema refuses is refused once', () => {
  expect(faults({ state: 'C', money: 'x' }, {})).toMatchObject([
    { pointer: '/state', rule: 'enum' },
    { pointer: '/money', rule: 'type' },
  ]);
});

test('what is read-only, constant or unknown is shown at most', () => {
  const sent = { ...vendor.write(full), number: 9, kind: 'other', more: { x: 1 } };
  expect(vendor.read(sent, full)).toEqual({ name: 'Ada', state: 'off', billing: { currency: 'SEK' } });
  expect(vendor.read({ number: 'x', kind: 5 } as unknown as JsonObject, undefined)).toEqual({});
});

test('the record that is read is a new one, and shares what did not change', () => {
  const record = structuredClone(full);
  const read = vendor.read({ ...vendor.write(record), name: 'Eve' }, record);
  expect(record).toEqual(full);
  expect(read['billing']).toBe(record.billing);
});

const faults = (document: JsonObject, record: JsonObject) => {
  try {
    vendor.read(document, record);
    return [];
  } catch (error) {
    return (error as { faults: object[] }).faults;
  }
};
