import Type from 'typebox';
import { expect, test } from 'vitest';
import { Refusal } from '../errors.ts';
import { group, integer, list as listField, required, text } from '../schema/field.ts';
import type { JsonObject } from '../schema/json.ts';
import { customerNumber } from './codecs/customer-number.ts';
import { defineMapping } from './define-mapping.ts';
import { constant, field, list, own, type Rule } from './rule.ts';

const wire = Type.Object({
  id: text(9, { readOnly: true }),
  name: text(3),
  parent: integer(1, 999),
  numbers: listField(group({ id: text(9), value: text(3) }), 99),
  bill: group({ town: text(3) }),
  ship: group({ town: text(3) }),
  rank: integer(1, 5),
});
const address = (member: string, purpose: string) =>
  list(member, 'addresses', {
    single: true,
    only: (item) => item['purpose'] === purpose,
    defaults: { purpose },
    rules: [field('town', 'city')],
  });
const rules: Rule[] = [
  field('id', 'id'),
  field('name', 'person.name'),
  field('parent', 'parentId', customerNumber),
  list('numbers', 'numbers', {
    only: (item) => item['hidden'] !== true,
    rules: [field('id', 'id'), field('value', 'value')],
  }),
  address('bill', 'billing'),
  address('ship', 'shipping'),
  own('rank'),
];
const define = (more: Partial<Parameters<typeof defineMapping>[0]> = {}) =>
  defineMapping({ contract: 'vendor', wire, absent: 'omit', rules, system: ['id'], omits: [], ...more });
const vendor = define();

const refusalOf = (document: JsonObject, current?: JsonObject) => {
  try {
    vendor.read(document, current);
  } catch (error) {
    if (error instanceof Refusal) return error;
  }
  throw new Error('nothing was refused');
};

test('all faults are told together, once each, at the members of the wire', () => {
  const refusal = refusalOf({ name: 'long', parent: 7, numbers: [{ value: 'long' }], rank: 9, bill: 'x' });
  expect(refusal.code).toBe('validation-failed');
  const all = refusal.faults.map(({ pointer, rule, wire }) => [pointer, rule, wire]);
  expect(all.toSorted()).toEqual([
    ['/bill', 'type', true],
    ['/name', 'maxLength', true],
    ['/numbers/0/value', 'maxLength', true],
    ['/parent', 'reference', true],
    ['/rank', 'maximum', true],
  ]);
});

test('no more than fifty faults are told, and old ones never stand before a new one', () => {
  const numbers = Array.from({ length: 60 }, (_, index) => ({ id: String(index), value: 'long' }));
  expect(refusalOf({ numbers }).faults).toHaveLength(50);
  expect(refusalOf({ numbers, rank: 9 }, { numbers }).faults).toMatchObject([{ pointer: '/rank' }]);
});

test('one refusal leaves nothing behind for the next document', () => {
  refusalOf({ parent: 7 });
  expect(vendor.read({ name: 'Ada' }, undefined)).toEqual({ person: { name: 'Ada' } });
});

test('a member that must be there is asked of new documents and new items', () => {
  const { read } = define({
    wire: Type.Object({
      items: listField(Type.Unsafe(Type.Object({ id: text(9), a: required(text(3) as never) })), 9),
    }),
    rules: [list('items', 'items', { rules: [field('id', 'id'), field('a', 'a')] })],
  });
  const record = { items: [{ id: '1' }] };
  expect(read({ items: [{ id: '1' }] }, record)).toBe(record);
  expect(() => read({ items: [{ id: '1' }, { id: '2' }] }, record)).toThrow(Refusal);
  expect(() => read({ items: [{ id: '1' }] }, undefined)).toThrow(Refusal);
});

test('a customer that is named by its number is found by the links of the caller', () => {
  const links = { numberOf: (id: string) => Number(id), idOf: (number: number) => String(number) };
  expect(vendor.write({ parentId: '12' }, links)).toEqual({ parent: 12 });
  expect(vendor.read({ parent: 13 }, { parentId: '12' }, links)).toEqual({ parentId: '13' });
  expect(vendor.write({ parentId: '12' })).toEqual({});
  expect(vendor.read({}, { parentId: '12' })).toEqual({ parentId: '12' });
});

test('what the service alone says is no part of what is read', () => {
  expect(vendor.read({ id: 'x', name: 'Ada' }, { id: '1', person: {} })).toEqual({ person: { name: 'Ada' } });
});

test('a member of the record is named by the member of the wire', () => {
  const record = {
    numbers: [{ id: 'x', hidden: true }, { id: 'y' }],
    addresses: [
      { id: 'a', purpose: 'shipping' },
      { id: 'b', purpose: 'other' },
      { id: 'c', purpose: 'shipping' },
    ],
  };
  const cases: [string, string | undefined, string | undefined][] = [
    ['/person/name', '/name', '/name'],
    ['/parentId', '/parent', '/parent'],
    ['/extensions/vendor/rank', '/rank', '/rank'],
    ['/addresses/0/city', '/bill/town', '/ship/town'],
    ['/addresses/id=a/city', '/bill/town', '/ship/town'],
    ['/addresses/id=b/city', '/bill/town', undefined],
    ['/addresses/id=new/city', '/bill/town', undefined],
    ['/addresses/id=c/city', '/bill/town', '/ship'],
    ['/addresses', '/bill', '/ship'],
    ['/addresses/0/street', undefined, undefined],
    ['/numbers/1/value', '/numbers/1/value', '/numbers/0/value'],
    ['/numbers/id=y/value', '/numbers', '/numbers/0/value'],
    ['/numbers/id=x/value', '/numbers', undefined],
    ['/numbers', '/numbers', '/numbers'],
    ['/other', undefined, undefined],
  ];
  for (const [pointer, withoutRecord, withRecord] of cases) {
    expect(vendor.wirePointer(pointer), pointer).toBe(withoutRecord);
    expect(vendor.wirePointer(pointer, record), pointer).toBe(withRecord);
  }
});

test('every value of a document is explained, whatever becomes of it', () => {
  const document = { id: 'x', name: 'Ada', parent: 7, ship: { town: 'Rom' }, rank: 2, more: { a: 1 } };
  expect(vendor.explain(document)).toEqual([
    { wire: '/id', wireValue: 'x', canonical: '/id', note: 'set by the service alone' },
    { wire: '/name', wireValue: 'Ada', canonical: '/person/name', canonicalValue: 'Ada' },
    { wire: '/parent', wireValue: 7, canonical: '/parentId', note: 'names no customer' },
    { wire: '/ship/town', wireValue: 'Rom', canonical: '/addresses/0/city', canonicalValue: 'Rom' },
    {
      wire: '/rank',
      wireValue: 2,
      canonical: '/extensions/vendor/rank',
      canonicalValue: 2,
      note: 'kept for this contract alone',
    },
    { wire: '/more/a', wireValue: 1, note: 'ignored, says nothing of the record' },
  ]);
});

test('a fault inside of a value is told, and a known member that says nothing is not called unknown', () => {
  expect(vendor.explain({ numbers: [{ id: 5 }], ship: null, more: null })).toEqual([
    { wire: '/numbers/0/id', wireValue: 5, canonical: '/numbers/0/id', note: 'must be string or null' },
    { wire: '/ship', wireValue: null, note: 'leaves no value in the record' },
    { wire: '/more', wireValue: null, note: 'ignored, says nothing of the record' },
  ]);
  const whole = define({
    rules: [...rules.filter((rule) => rule.kind !== 'list' || rule.single), own('numbers')],
  });
  expect(whole.explain({ numbers: [{ id: 5 }] })).toMatchObject([
    { wire: '/numbers', note: 'kept for this contract alone' },
    { wire: '/numbers/0/id', wireValue: 5, note: 'must be string or null' },
  ]);
});

test('every value of a record is explained, said or not', () => {
  const addresses = [{ purpose: 'other', city: 'Oslo' }];
  expect(vendor.explainRecord({ person: { name: 'Ada' }, addresses, note: 'x' })).toEqual([
    { wire: '/name', wireValue: 'Ada', canonical: '/person/name', canonicalValue: 'Ada' },
    ...[
      ['/addresses/0/purpose', 'other'],
      ['/addresses/0/city', 'Oslo'],
      ['/note', 'x'],
    ].map(([canonical, canonicalValue]) => ({ canonical, canonicalValue, note: 'not said by the contract' })),
  ]);
});

test('a mapping that does not fit its wire schema is not made', () => {
  const broken: [string, Parameters<typeof define>[0]][] = [
    ['the wire schema has no nam', { rules: [...rules, field('nam', 'x')] }],
    [
      'the wire schema has no numbers.x',
      { rules: [...rules, list('numbers', 'n', { rules: [constant('x', 1)] })] },
    ],
    ['no rule says the wire member rank', { rules: rules.slice(0, -1) }],
    ['person.name is said and called omitted', { omits: ['person'] }],
    ['person.name has to be readOnly', { system: ['person'] }],
    [
      'would not see its own new items',
      { rules: [...rules, list('bill', 'x', { single: true, rules: [], only: () => false })] },
    ],
    [
      'cannot keep members of its own',
      { rules: [...rules, list('bill', 'x', { single: true, rules: [own('town')] })] },
    ],
    ['is not a list', { rules: [...rules, list('bill', 'x', { rules: [] })] }],
  ];
  for (const [message, options] of broken) expect(() => define(options), message).toThrow(message);
});

test('the places of a mapping are pairs of paths without the places of items', () => {
  expect(vendor.places()).toContainEqual({
    wire: 'ship.town',
    canonical: 'addresses.city',
    kind: 'field',
    readOnly: false,
  });
  expect(vendor.covers).toEqual([
    'id',
    'person.name',
    'parentId',
    'numbers.id',
    'numbers.value',
    'addresses.city',
    'extensions.vendor.rank',
  ]);
});
