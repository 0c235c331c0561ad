import Type from 'typebox';
import { expect, test } from 'vitest';
import { group, text } from '../schema/field.ts';
import type { JsonObject } from '../schema/json.ts';
import { defineMapping } from './define-mapping.ts';
import { field, list } from './rule.ts';

const address = (wire: string, purpose: string) =>
  list(wire, 'addresses', {
    single: true,
    only: (item) => item['purpose'] === purpose,
    defaults: { purpose },
    rules: [field('id', 'id'), field('town', 'city'), field('made', 'createdAt')],
  });
const readOnly = { readOnly: true } as const;
const vendor = (absent: 'null' | 'omit') =>
  defineMapping({
    contract: 'vendor',
    wire: Type.Object({
      bill: group({ id: text(9, readOnly), town: text(9), made: text(9, readOnly) }),
      ship: group({ id: text(9, readOnly), town: text(9), made: text(9, readOnly) }),
    }),
    absent,
    rules: [address('bill', 'billing'), address('ship', 'shipping')],
    system: [],
    omits: [],
  });
const { read, write } = vendor('omit');

const first = { id: '1', purpose: 'billing', city: 'Lund' };
const other = { id: '2', purpose: 'other', city: 'Oslo' };
const main = { id: '3', purpose: 'billing', primary: true, city: 'Kiel' };

test('one object stands for the primary item of those that are seen, else for the first', () => {
  expect(write({ addresses: [first, other, main] })).toEqual({ bill: { id: '3', town: 'Kiel' } });
  expect(write({ addresses: [first, other] })).toEqual({ bill: { id: '1', town: 'Lund' } });
  expect(vendor('null').write({ addresses: [other] })).toEqual({ bill: null, ship: null });
});

test('a change goes to that item and to no other', () => {
  const addresses = [first, other, main];
  expect(read({ bill: { town: 'Rom' } }, { addresses })['addresses']).toEqual([
    first,
    other,
    { ...main, city: 'Rom' },
  ]);
});

test('an item is made by the first thing that is said of it, with the defaults', () => {
  expect(read({ ship: { town: 'Rom' } }, { addresses: [other] })).toEqual({
    addresses: [other, { purpose: 'shipping', city: 'Rom' }],
  });
  for (const nothing of [{}, { town: null }, { id: '7' }, null])
    expect(read({ ship: nothing }, undefined)).toEqual({});
});

test('what is cleared goes, and the item with it when nothing else was known of it', () => {
  const sayings: JsonObject[] = [{}, { bill: null }, { bill: {} }, { bill: { town: null } }];
  for (const document of sayings) {
    expect(read(document, { addresses: [first, other] })).toEqual({ addresses: [other] });
    expect(read(document, { addresses: [first] })).toEqual({});
  }
  const known = { ...first, street: 'A' };
  const { city: _city, ...rest } = known;
  expect(read({}, { addresses: [known] })).toEqual({ addresses: [rest] });
});

test('what the contract only shows keeps no item of which all else is cleared', () => {
  const dated = { ...first, createdAt: 'then' };
  for (const document of [{}, { bill: null }, { bill: { town: null } }, { bill: { made: 'then' } }])
    expect(read(document, { addresses: [dated, other] })).toEqual({ addresses: [other] });
});

test('no other item comes forward: all of them are cleared, until one stays', () => {
  const poBox = { id: '4', purpose: 'billing', city: 'Bonn', poBox: '1' };
  const { city: _city, ...rest } = poBox;
  for (const document of [{}, { bill: null }, { bill: { town: null } }]) {
    expect(read(document, { addresses: [first, other, main] })).toEqual({ addresses: [other] });
    const stays = { addresses: [rest, { ...first, id: '5' }] };
    expect(read(document, { addresses: [first, poBox, { ...first, id: '5' }] })).toEqual(stays);
    expect(read(document, stays)).toBe(stays);
  }
});

test('an item of which the contract can say nothing is left out', () => {
  const record = { addresses: [{ purpose: 'billing', poBox: '1' }] };
  expect(write(record)).toEqual({});
  expect(vendor('null').write(record)).toEqual({
    bill: { id: null, town: null, made: null },
    ship: null,
  });
  expect(read({ bill: { town: 'Rom' } }, record)).toEqual({
    addresses: [{ purpose: 'billing', poBox: '1', city: 'Rom' }],
  });
});

test('an item of which the contract sees nothing is not taken away', () => {
  const record = { addresses: [{ id: '1', purpose: 'billing' }] };
  expect(read({}, record)).toBe(record);
  expect(read({ bill: null }, record)).toBe(record);
});
