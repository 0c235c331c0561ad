import Type, { type TSchema } from 'typebox';
import { expect, test } from 'vitest';
import {
  anyObject,
  choice,
  date,
  decimal,
  flag,
  group,
  instant,
  integer,
  list,
  required,
  text,
  textMap,
} from './field.ts';
import { validator } from './validate.ts';

const fields: [string, TSchema, unknown[], unknown[]][] = [
  ['text', text(3), ['', 'abc', '👩👩👩'], ['abcd', 1, ['a'], {}]],
  ['text with a pattern', text(3, { pattern: '^[A-Z]+$' }), ['SEK'], ['sek', '']],
  ['text with a format', text(50, { format: 'email' }), ['a@b.example'], ['a', '']],
  ['choice', choice(['a', 'b']), ['a', 'b'], ['c', '', 1]],
  ['integer', integer(1, 4), [1, 4], [0, 5, 1.5, '1']],
  ['flag', flag(), [true, false], ['true', 0]],
  ['date', date(), ['2024-02-29'], ['2023-02-29', '2024-2-1', '']],
  ['instant', instant(), ['2024-02-29T12:00:00Z', '2024-02-29T12:00:00.5+01:00'], ['2024-02-29T12:00:00']],
  ['decimal', decimal(), ['0', '-1.5', '123456789012345678.123456789'], ['1.', '.5', '1e3', '1,5', 1]],
  ['group', group({ a: text(1) }), [{}, { a: null }, { a: 'x' }], [{ b: 1 }, [], 'x']],
  ['list of groups', list(group({ a: text(1) }), 2), [[], [{}, { a: 'x' }]], [[null], [{}, {}, {}], {}]],
  ['list of texts', list(text(1), 2), [['a', 'b']], [['ab'], [null], 'a']],
  [
    'map',
    textMap(2, 3),
    [{}, { a: 'x', 'b/c': '' }],
    [{ a: null }, { a: 'abcd' }, { '': 'x' }, { a: '', b: '', c: '' }],
  ],
  ['any object', anyObject(), [{}, { a: { b: [1, null] } }], [[], 'x', 1]],
];

test.each(fields)('%s: absent, null and its values are valid, nothing else', (_name, field, good, bad) => {
  const validate = validator(Type.Object({ field }));
  for (const value of [null, ...good]) expect(validate({ field: value })).toEqual([]);
  expect(validate({})).toEqual([]);
  for (const value of bad) expect(validate({ field: value })).not.toEqual([]);
});

test.each(fields)('%s, when required to have a meaning, is not null', (_name, field, good) => {
  const validate = validator(Type.Object({ field: required(field as never) as TSchema }));
  expect(validate({ field: null })).not.toEqual([]);
  for (const value of good) expect(validate({ field: value })).toEqual([]);
});

test('marks stand in the schema under their keywords, a secret being personal too', () => {
  const marked = text(1, {
    secret: true,
    unique: true,
    readOnly: true,
    label: 'PIN',
    description: 'What opens the account',
    search: { as: 'pin', by: 'exact' },
  });
  expect(marked).toMatchObject({
    type: ['string', 'null'],
    maxLength: 1,
    title: 'PIN',
    description: 'What opens the account',
    readOnly: true,
    'x-personal': true,
    'x-secret': true,
    'x-unique': true,
    'x-search': { as: 'pin', by: 'exact' },
  });
  expect(Object.keys(text(1)).filter((name) => name.startsWith('x-') || name === 'title')).toEqual([]);
});
