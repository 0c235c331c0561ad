import { expect, test } from 'vitest';
import { criteriaOf } from './filters.ts';

test.each<[Record<string, string>, Record<string, string>]>([
  [{ code: 'C000123' }, { accountNumber: 'C000123' }],
  [{ country: 'eq;Italy' }, { country: 'Italy' }],
  [{ 'properties.a.b': 'eq;x' }, { 'attributes.a.b': 'x' }],
  [{ name: 'eq;Foo & Bar' }, { name: 'foo bar' }],
  [{ name: 'beginsWith;Foo Bar' }, { name: 'foo bar' }],
  [{ searchField: 'name', searchText: 'Foo Bar*' }, { name: 'foo bar' }],
  [{ searchField: 'name', searchText: 'Foo Bar*Srl*' }, { name: 'foo bar' }],
  [{ searchField: 'code', searchText: 'c000123' }, { accountNumber: 'c000123' }],
  [
    { code: 'A', country: 'Italy', name: 'Ada' },
    { accountNumber: 'A', country: 'Italy', name: 'ada' },
  ],
])('an index narrows the search of %j', (query, filters) => {
  expect(criteriaOf(query).filters).toEqual(filters);
});

test.each<[Record<string, string>, Record<string, string>]>([
  [{}, {}],
  [{ name: 'neq;Foo' }, {}],
  [{ name: 'like;Foo' }, {}],
  [{ name: 'notLike;Foo' }, {}],
  [{ name: 'gt;Foo' }, {}],
  [{ name: 'isNotEmpty' }, {}],
  [{ name: 'eq;' }, {}],
  [{ name: 'eq;***' }, {}],
  [{ name: 'beginsWith;Fo' }, {}],
  [{ name: 'beginsWith;Foo B' }, { name: 'foo' }],
  [{ name: 'beginsWith;Fo ' }, { name: 'fo' }],
  [{ searchField: 'name', searchText: '*Foo' }, {}],
  [{ code: 'beginsWith;C' }, {}],
  [{ code: 'neq;C' }, {}],
  [{ country: 'eq; ' }, {}],
  [{ timezone: 'Europe/Rome' }, {}],
  [{ 'properties.': 'x' }, {}],
  [{ 'properties.a': 'gt;1' }, {}],
])('by nothing that it does not say: %j', (query, filters) => {
  expect(criteriaOf(query).filters).toEqual(filters);
});
