import { expect, test } from 'vitest';
import { namesPersonal, searchFilters } from './search-filters.ts';

test('the marks of the record say how each filter looks, and at what', () => {
  const said = [...searchFilters].map(([name, { by, map, personal }]) =>
    [name, by, map ? 'map' : '', personal ? 'personal' : ''].filter(Boolean).join(' '),
  );
  expect(said.sort()).toEqual([
    'accountNumber exact',
    'attributes exact map',
    'country exact',
    'email exact personal',
    'externalIds exact map',
    'identifier exact personal',
    'kind exact',
    'name words personal',
    'phone phone personal',
    'status exact',
  ]);
});

test('a filter is personal by its name, whatever stands beside it', () => {
  expect(namesPersonal({ kind: 'person', email: 'a@example.org' })).toBe(true);
  expect(namesPersonal({ kind: 'person', 'attributes.email': 'x', number: '1' })).toBe(false);
});
