import Type from 'typebox';
import { expect, test } from 'vitest';
import { group, list, text } from '../schema/field.ts';
import type { Json, JsonObject } from '../schema/json.ts';
import { defineMapping } from './define-mapping.ts';
import { entries } from './rule.ts';

const vendor = defineMapping({
  contract: 'vendor',
  wire: Type.Object({ custom: list(group({ name: text(20), value: text(20) }), 9) }),
  absent: 'omit',
  rules: [entries('custom', 'attributes', { key: 'name', value: 'value' })],
  system: [],
  omits: [],
});
const read = (custom: Json, record?: JsonObject) => vendor.read({ custom }, record);

test('a map is an array of names and values, and back', () => {
  const attributes = { a: '1', constructor: '2', ['__proto__']: '3' };
  const custom = [
    { name: 'a', value: '1' },
    { name: 'constructor', value: '2' },
    { name: '__proto__', value: '3' },
  ];
  expect(vendor.write({ attributes })).toEqual({ custom });
  expect(Object.entries(read(custom)['attributes'] as object)).toEqual(Object.entries(attributes));
});

test('the order of the entries says nothing', () => {
  const record = { attributes: { a: '1', b: '2' } };
  const custom = [...(vendor.write(record)['custom'] as Json[])].reverse();
  expect(read(custom, record)).toBe(record);
});

test('an entry without a value is none, an absent array removes the map', () => {
  expect(
    read([
      { name: 'a', value: null },
      { name: 'b', value: '' },
    ]),
  ).toEqual({ attributes: { b: '' } });
  expect(vendor.read({}, { attributes: { a: '1' } })).toEqual({});
});

test('a map that is absent, null or masked stays so', () => {
  for (const record of [{}, { attributes: null }, { attributes: {} }, { attributes: '***' }])
    expect(vendor.read(vendor.write(record), record)).toBe(record);
});

test('a name that two entries have, or none, is refused at the entry', () => {
  const twice = [
    { name: 'a', value: '1' },
    { name: 'a', value: '1' },
  ];
  expect(() => read(twice)).toThrow(
    expect.objectContaining({
      faults: [expect.objectContaining({ pointer: '/custom/1/name', rule: 'unique' })],
    }),
  );
  expect(() => read([{ value: '1' }])).toThrow(
    expect.objectContaining({
      faults: [expect.objectContaining({ pointer: '/custom/0/name', rule: 'required' })],
    }),
  );
});
