import { expect, test } from 'vitest';
import type { Refusal } from '../errors.ts';
import type { JsonObject } from '../schema/json.ts';
import { checkRecord, withItemIds } from './check-record.ts';

const ids = () => {
  let counter = 0;
  return () => `01890000-0000-4000-8000-${String(++counter).padStart(12, '0')}`;
};
const id = (n: number) => `01890000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const check = (data: JsonObject, valid: JsonObject = {}) => checkRecord(data, valid, ids());
const faultsOf = (data: JsonObject, valid: JsonObject = {}) => {
  try {
    check(data, valid);
  } catch (error) {
    return (error as Refusal).faults.map(({ pointer, rule }) => `${pointer} ${rule}`);
  }
  return [];
};

test('a valid record gets the protection level that it has by default, and keeps the one it has', () => {
  expect(check({ name: 'Ada' })).toEqual({ name: 'Ada', protectionLevel: 1 });
  const complete = { name: 'Ada', protectionLevel: 3, contacts: [{ id: id(9) }] };
  expect(check(complete)).toBe(complete);
});

test('items get ids where they have none, inside of items too; the others keep theirs', () => {
  expect(
    check({ contacts: [{ id: id(9) }, { id: null, identifiers: [{ type: 'passport' }] }], addresses: [{}] }),
  ).toEqual({
    protectionLevel: 1,
    contacts: [{ id: id(9) }, { id: id(2), identifiers: [{ id: id(1), type: 'passport' }] }],
    addresses: [{ id: id(3) }],
  });
});

test('what has all its ids is the same object', () => {
  const data = { name: 'Ada', contacts: [{ id: id(9) }], addresses: null };
  expect(withItemIds(data, ids())).toBe(data);
});

test('members that are those of a valid record are not judged again', () => {
  const contacts = [{ id: 'no uuid' }];
  expect(faultsOf({ contacts })).toEqual(['/contacts/0/id format']);
  expect(faultsOf({ contacts }, { contacts })).toEqual([]);
  expect(faultsOf({ contacts: [...contacts] }, { contacts })).toEqual(['/contacts/0/id format']);
});

test('every fault is named, repeated ids at any depth included', () => {
  const twice = [{ id: id(7) }, { id: id(7) }];
  expect(
    faultsOf({
      name: 1,
      nope: 1,
      'a/b': 1,
      contacts: [{ identifiers: twice }, ...twice],
      protectionLevel: null,
    }),
  ).toEqual([
    '/name type',
    '/nope unknownMember',
    '/a~1b unknownMember',
    '/contacts/0/identifiers/1/id unique',
    '/contacts/2/id unique',
    '/protectionLevel type',
  ]);
});
