import Type from 'typebox';
import { expect, test } from 'vitest';
import { text } from '../schema/field.ts';
import { CodecFault } from './codec.ts';
import { defineMapping } from './define-mapping.ts';
import { custom } from './rule.ts';

/** A name that is one member on the wire and two in the record. */
const vendor = defineMapping({
  contract: 'vendor',
  wire: Type.Object({ given: text(20), full: text(20) }),
  absent: 'omit',
  rules: [
    custom({
      wire: ['full', 'given'],
      canonical: ['person.first', 'person.last'],
      write({ person }) {
        const { first, last } = (person ?? {}) as { first?: string; last?: string };
        return first === undefined ? {} : { given: first, full: `${first} ${last}` };
      },
      read({ full }) {
        if (full === undefined || full === null)
          return { 'person.first': undefined, 'person.last': undefined };
        const [first, last] = String(full).split(' ');
        if (!last) throw new CodecFault('words', 'must be two words');
        return { 'person.first': first, 'person.last': last, 'person.other': 'never set' };
      },
    }),
  ],
  system: [],
  omits: [],
});
const record = { person: { first: 'Ada', last: 'King', born: 1815 }, other: {} };

test('two functions stand between declared members, and set no other', () => {
  const document = vendor.write(record);
  expect(document).toEqual({ given: 'Ada', full: 'Ada King' });
  expect(vendor.read({ ...document, full: 'Eva Lind' }, record)).toEqual({
    person: { first: 'Eva', last: 'Lind', born: 1815 },
    other: {},
  });
  expect(vendor.read({}, record)).toEqual({ person: { born: 1815 }, other: {} });
});

test('what comes back as it was is not read at all', () => {
  const odd = { person: { first: 'Ada', last: 'of many words' } };
  expect(vendor.read(vendor.write(odd), odd)).toBe(odd);
});

test('a fault stands at the first member, and at none that the schema refused', () => {
  const refuse = (document: object) => () => vendor.read(document as never, record);
  const fault = (rule: string) =>
    expect.objectContaining({ faults: [expect.objectContaining({ pointer: '/full', rule, wire: true })] });
  expect(refuse({ full: 'Eva' })).toThrow(fault('words'));
  expect(refuse({ full: 5 })).toThrow(fault('type'));
});
