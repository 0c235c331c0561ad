import fc from 'fast-check';
import Type from 'typebox';
import { expect, test } from 'vitest';
import { choice, flag, group, list as listField, text } from '../schema/field.ts';
import type { Json, JsonObject } from '../schema/json.ts';
import { choices } from './codecs/choices.ts';
import { defineMapping } from './define-mapping.ts';
import { field, list } from './rule.ts';

const purpose = choices([
  ['home', 'HOME'],
  ['ship', 'SHIP'],
]);
const paper = group({ number: text(9), place: text(9) });
const vendor = defineMapping({
  contract: 'vendor',
  wire: Type.Object({
    address: listField(
      group({ id: text(9), type: choice(['HOME', 'SHIP']), town: text(9), isMain: flag() }),
      9,
    ),
    contact: listField(group({ id: text(9), mail: text(9), paper: listField(paper, 9) }), 9),
  }),
  absent: 'omit',
  rules: [
    list('address', 'addresses', {
      only: (item) => item['purpose'] === 'home' || item['purpose'] === 'ship',
      defaults: { purpose: 'home' },
      rules: [
        field('id', 'id'),
        field('type', 'purpose', purpose),
        field('town', 'city'),
        field('isMain', 'primary'),
      ],
    }),
    list('contact', 'contacts', {
      rules: [
        field('id', 'id'),
        field('mail', 'email'),
        list('paper', 'identifiers', { rules: [field('number', 'value'), field('place', 'place')] }),
      ],
    }),
  ],
  system: [],
  omits: [],
});

const home = { id: '1', purpose: 'home', city: 'Lund', street: 'A' };
const bill = { id: '2', purpose: 'billing', city: 'Kiel' };
const ship = { id: '3', purpose: 'ship', city: 'Oslo', street: 'B' };
const record = { addresses: [home, bill, ship] };
const wireHome = { id: '1', type: 'HOME', town: 'Lund' };
const wireShip = { id: '3', type: 'SHIP', town: 'Oslo' };
const read = (address: Json, current: JsonObject | undefined = record) =>
  vendor.read({ address }, current)['addresses'];

test('the wire has the items that the contract sees, in their order', () => {
  expect(vendor.write(record)).toEqual({ address: [wireHome, wireShip] });
});

test('a changed item keeps what the contract cannot say, and the others are the very same', () => {
  const items = read([wireHome, { ...wireShip, town: 'Bergen' }]) as Json[];
  expect(items).toEqual([home, bill, { ...ship, city: 'Bergen' }]);
  expect(items[0]).toBe(home);
  expect(items[1]).toBe(bill);
});

test('items are matched by their id wherever they stand', () => {
  expect(read([wireShip])).toEqual([bill, ship]);
  expect(read([wireShip, wireHome])).toEqual([ship, home, bill]);
  const moved = [
    { ...wireShip, town: 'Bergen' },
    { ...wireHome, town: 'Rom' },
  ];
  expect(read(moved)).toEqual([{ ...ship, city: 'Bergen' }, { ...home, city: 'Rom' }, bill]);
});

test('a new item gets the defaults, stands where it was said, and has no id unless one is said', () => {
  const oneNew = { purpose: 'home', city: 'Rom' };
  expect(read([wireHome, { town: 'Rom' }, wireShip])).toEqual([home, bill, oneNew, ship]);
  expect(read([{ type: 'SHIP', id: '9' }], {})).toEqual([{ id: '9', purpose: 'ship' }]);
});

test('what a contract wrote it goes on seeing', () => {
  const items = read([{ ...wireHome, type: null }, wireShip]);
  expect(items).toEqual([home, bill, ship]);
  expect(vendor.write({ addresses: items as Json }).address).toEqual([wireHome, wireShip]);
});

test('no items, an empty list and an absent one say the same, and leave what is not seen', () => {
  for (const nothing of [[], null]) expect(read(nothing)).toEqual([bill]);
  expect(vendor.read({}, record)).toEqual({ addresses: [bill] });
  const empty: JsonObject[] = [{}, { addresses: null }, { addresses: [] }, { addresses: [bill] }];
  for (const current of empty) {
    for (const document of [{}, { address: null }, { address: [] }])
      expect(vendor.read(document, current)).toBe(current);
  }
  expect(vendor.read({}, { addresses: [home] })).toEqual({});
});

test('an id that the service alone sets names an item, and gives none to a new one', () => {
  const { read, write } = defineMapping({
    contract: 'vendor',
    wire: Type.Object({ line: listField(group({ id: text(9, { readOnly: true }), town: text(9) }), 9) }),
    absent: 'omit',
    rules: [list('line', 'lines', { rules: [field('id', 'id'), field('town', 'city')] })],
    system: [],
    omits: [],
  });
  const lines = [
    { id: '1', city: 'Lund', street: 'A' },
    { id: '2', city: 'Oslo', street: 'B' },
  ];
  expect(write({ lines })).toEqual({
    line: [
      { id: '1', town: 'Lund' },
      { id: '2', town: 'Oslo' },
    ],
  });
  expect(
    read(
      {
        line: [
          { id: '2', town: 'Rom' },
          { id: '7', town: 'Kiel' },
        ],
      },
      { lines },
    ),
  ).toEqual({
    lines: [{ id: '2', city: 'Rom', street: 'B' }, { city: 'Kiel' }],
  });
});

test('an id that two items have is refused at the second', () => {
  expect(faults({ address: [wireHome, { ...wireHome, town: 'x' }] })).toMatchObject([
    { pointer: '/address/1/id', rule: 'unique', wire: true },
  ]);
});

test('an item that was there may come back with what the wire does not allow; another may not', () => {
  const long = { ...ship, city: 'a name that is too long' };
  const current = { addresses: [home, long] };
  const wireLong = { ...wireShip, town: long.city };
  expect(read([wireLong], current)).toEqual([long]);
  expect(faults({ address: [{ ...wireLong, id: '1' }] }, current)).toMatchObject([
    { pointer: '/address/0/town', rule: 'maxLength' },
  ]);
});

test('a list that is shown as a mask comes back, and cannot be changed', () => {
  const current = { contacts: [{ id: '1', identifiers: '***' }] };
  expect(vendor.write(current)).toEqual({ contact: [{ id: '1', paper: '***' }] });
  expect(vendor.read(vendor.write(current), current)).toBe(current);
  const sent = { contact: [{ id: '1', paper: [{ number: '5' }] }] };
  expect(faults(sent, current)).toMatchObject([{ pointer: '/contact/0/paper', rule: 'masked' }]);
  const wrong = { contact: [{ id: '1', paper: 'x' }] };
  expect(faults(wrong, current)).toMatchObject([{ pointer: '/contact/0/paper', rule: 'type' }]);
});

test('items without an id are matched by what they say, then by place', () => {
  const identifiers = [
    { id: 'a', value: '1', place: 'x' },
    { id: 'b', value: '2' },
    { id: 'c', value: '3' },
  ];
  const current = { contacts: [{ id: '1', identifiers }] };
  const after = (paper: Json) => {
    const contacts = vendor.read({ contact: [{ id: '1', paper }] }, current)['contacts'] as JsonObject[];
    return contacts[0]?.['identifiers'];
  };
  expect(after([{ number: '2' }, { number: '3' }])).toEqual(identifiers.slice(1));
  expect(after([{ number: '1', place: 'x' }, { number: '5' }, { number: '3' }])).toEqual([
    identifiers[0],
    { id: 'b', value: '5' },
    identifiers[2],
  ]);
});

test('what is no item is refused, not stumbled over', () => {
  for (const address of ['x', [5], [null], [[]], {}] as Json[])
    expect(faults({ address })).toMatchObject([{ rule: 'type' }]);
});

test('items that a contract cannot see keep their order and their place between those that stay', () => {
  const purposes = fc.constantFrom('home', 'ship', 'billing', 'listing');
  const lists = fc
    .array(purposes, { maxLength: 6 })
    .map((all) => all.map((one, index) => ({ id: String(index), purpose: one })));
  fc.assert(
    fc.property(lists, fc.array(fc.nat(7), { maxLength: 6 }), (addresses, choice) => {
      const wireItems = (vendor.write({ addresses })['address'] ?? []) as JsonObject[];
      const sent = [...new Set(choice)].map((index) => wireItems[index] ?? { town: 'new' });
      const items = (read(sent, { addresses }) ?? []) as JsonObject[];
      const isUnseen = (item: JsonObject) => !['home', 'ship'].includes(String(item['purpose']));
      expect(items.filter(isUnseen)).toEqual(addresses.filter(isUnseen));
      expect(vendor.write({ addresses: items })['address'] ?? []).toMatchObject(sent);
    }),
    { numRuns: 500 },
  );
});

const faults = (document: JsonObject, current: JsonObject = record) => {
  try {
    vendor.read(document, current);
    return [];
  } catch (error) {
    return (error as { faults: object[] }).faults;
  }
};
