import fc from 'fast-check';
import { expect, test } from 'vitest';
import { relatedCustomers } from '../../test/support/arbitrary-customer.ts';
import { lookupToken } from '../privacy/lookup-token.ts';
import { diff } from '../schema/diff.ts';
import type { JsonObject } from '../schema/json.ts';
import { type Shape, shapeAt } from '../schema/shape.ts';
import type { CustomerData } from './customer.ts';
import { termsOf } from './lookup-terms.ts';
import { allTokens, lookupTokens, movedTokens, storedTerm } from './lookup-tokens.ts';
import { isSearched, movedNames } from './moved-names.ts';
import { customerShape } from './record.ts';
import { uniqueTokens } from './unique-tokens.ts';

const tenant = { id: 't', name: 't', secret: Buffer.alloc(32, 1) };
const at = (...path: string[]) => shapeAt(customerShape, path) as Shape;
const tokens = (data: object) =>
  lookupTokens(tenant, 1, { protectionLevel: 1, ...data } as CustomerData).map(
    ({ field, token }) => `${field} ${token.toString('hex')}`,
  );
const token = (field: string, term: string) =>
  `${field.split('.')[0]} ${lookupToken(tenant.secret, field, term).toString('hex')}`;

test('a customer is found under the terms of every searched member, at any depth, each once', () => {
  const found = tokens({
    name: 'Ada Li',
    email: 'ada@example.org, second@example.org',
    kind: 'person',
    smsNumbers: ['+46701234567'],
    externalIds: { erp: 'A1' },
    contacts: [
      { id: '1', lastName: 'Adams', email: 'ADA@example.org', identifiers: [{ id: '2', value: 'P1' }] },
    ],
    note: 'not searched',
    addresses: [{ id: '3', firstName: 'Nobody', email: 'n@example.org' }],
  });
  expect(found.toSorted()).toEqual(
    [
      ...['ada', 'li', 'adam', 'adams'].map((term) => token('name', term)),
      token('email', 'ada@example.org'),
      token('email', 'second@example.org'),
      token('kind', 'person'),
      token('phone', '+46701234567'),
      token('phone', '0701234567'),
      token('externalIds.erp', 'a1'),
      token('identifier', 'p1'),
    ].toSorted(),
  );
});

test('absent, null and blank values have no terms', () => {
  expect(tokens({ name: null, email: ' ', contacts: null, externalIds: {}, smsNumbers: [] })).toEqual([]);
  expect(termsOf(at('email'), null, null)).toEqual([]);
  expect(termsOf(at('note'), 'x', null)).toEqual([]);
});

test('a phone number without a digit has no token, and takes the one with it that it once had', () => {
  const before = { phone: 'on request', smsNumbers: ['-'], protectionLevel: 1 } as CustomerData;
  const nothing = storedTerm(tenant, { field: 'phone', term: '' });
  expect(tokens(before)).toEqual([]);
  const { added, removed } = movedTokens(tenant, 1, before, { protectionLevel: 1 } as CustomerData);
  expect([added, removed]).toEqual([[], [{ ...nothing, number: 1 }]]);
  expect(allTokens(tenant, 1, before)).toEqual([{ ...nothing, number: 1 }]);
});

test('national numbers are read by the country of the record', () => {
  expect(tokens({ phone: '0701234567', country: 'SE' })).toContain(token('phone', '+46701234567'));
  expect(tokens({ phone: '0701234567', country: 'FI' })).not.toContain(token('phone', '+46701234567'));
});

test('only values that no other may have are unique, exactly as written, and those held before are left out', () => {
  const pointers = (data: object, held = {}) =>
    uniqueTokens(tenant, 'c', data, held).map((one) => one.pointer);
  expect(pointers({ accountNumber: 'A', registrationCode: 'R', name: 'N' })).toEqual([
    '/accountNumber',
    '/registrationCode',
  ]);
  expect(pointers({ accountNumber: '', registrationCode: null })).toEqual([]);
  expect(pointers({ accountNumber: 'A' }, { accountNumber: 'A' })).toEqual([]);
  expect(pointers({ accountNumber: 'A' }, { accountNumber: 'a' })).toEqual(['/accountNumber']);
  const [upper] = uniqueTokens(tenant, 'c', { accountNumber: 'A' });
  const [lower] = uniqueTokens(tenant, 'c', { accountNumber: 'a' });
  const [code] = uniqueTokens(tenant, 'c', { registrationCode: 'A' });
  expect(new Set([upper, lower, code].map((one) => one?.token.toString('hex'))).size).toBe(3);
});

test('a place is searched when anything in it is', () => {
  expect(isSearched(at('name'))).toBe(true);
  expect(isSearched(at('contacts'))).toBe(true);
  expect(isSearched(at('contacts', 'id=1'))).toBe(true);
  expect(isSearched(at('registrationCode'))).toBe(true);
  expect(isSearched(at('note'))).toBe(false);
  expect(isSearched(at('billing'))).toBe(false);
  expect(isSearched(at('addresses'))).toBe(false);
});

test('what a change moves and what stays are all tokens of the new record', () => {
  const names = (rows: { field: string; token: Buffer }[]) =>
    rows.map(({ field, token }) => `${field} ${token.toString('hex')}`);
  fc.assert(
    fc.property(relatedCustomers(), ([before, after]) => {
      const changes = diff(before as JsonObject, after as JsonObject);
      const [old, now] = [before, after] as unknown as [CustomerData, CustomerData];
      const { added, removed } = movedTokens(tenant, 1, old, now, movedNames(changes));
      const tokens = new Set(names(lookupTokens(tenant, 1, old)));
      const all = new Set(names(allTokens(tenant, 1, old)));
      for (const name of names(removed)) {
        expect(all.has(name)).toBe(true);
        tokens.delete(name);
      }
      for (const name of names(added)) tokens.add(name);
      expect([...tokens].toSorted()).toEqual(names(lookupTokens(tenant, 1, now)).toSorted());
    }),
  );
});

test('another country of the record moves the tokens of numbers that are dialled at home', () => {
  const before = { country: 'SE', phone: '070 174 00 01', protectionLevel: 1 } as CustomerData;
  const after = { ...before, country: 'DE' } as CustomerData;
  const names = movedNames(diff(before as JsonObject, after as JsonObject));
  const fields = movedTokens(tenant, 1, before, after, names).removed.map(({ field }) => field);
  expect(fields).toEqual(expect.arrayContaining(['country', 'phone']));
});

test('one value has another token in each field and under each name, so that rows of two fields can’t be linked', () => {
  const value = '0701234567';
  const data = {
    accountNumber: value,
    externalIds: { a: value, b: value },
    attributes: { a: value },
    name: value,
    email: value,
    phone: value,
    country: value,
    identifiers: { taxId: value },
    registrationCode: value,
  };
  const rows = [
    ...lookupTokens(tenant, 1, { protectionLevel: 1, ...data } as unknown as CustomerData),
    ...uniqueTokens(tenant, '1', data as Partial<CustomerData>),
  ];
  const fields = new Set(rows.map(({ field }) => field));
  expect(fields.size).toBeGreaterThan(8);
  const all = rows.map((row) => row.token.toString('hex'));
  expect(new Set(all).size).toBe(all.length);
});
