import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { relatedCustomers } from '../../test/support/arbitrary-customer.ts';
import { customerShape } from '../customer/record.ts';
import { masked, maskedValue } from './mask.ts';
import { secretSightOf, sightOf } from './sight.ts';
import { unmasked } from './unmask.ts';

const nobody = { read: false, write: false, manage: false };
const reader = { ...nobody, read: true };
const officer = { read: true, write: true, manage: true };
const rights = fc.record({ read: fc.boolean(), write: fc.boolean(), manage: fc.boolean() });
const levels = fc.integer({ min: 1, max: 4 });
const record = relatedCustomers().map(([one]) => one);

test('what is seen follows from the level and the rights', () => {
  const seen = (who: typeof nobody) =>
    [1, 2, 3, 4].map((level) => [sightOf(level, who), secretSightOf(level, who)]);
  expect(seen(nobody)).toEqual([
    ['show', 'mask'],
    ['mask', 'mask'],
    ['hide', 'hide'],
    ['hide', 'hide'],
  ]);
  expect(seen(reader)).toEqual([
    ['show', 'show'],
    ['show', 'show'],
    ['show', 'show'],
    ['hide', 'hide'],
  ]);
  expect(seen(officer)).toEqual(Array(4).fill(['show', 'show']));
});

const whole = (level: number, rights: typeof nobody) => ({ level, rights, partial: false });

const data = {
  name: 'Ada',
  kind: 'person',
  note: null,
  smsNumbers: ['1'],
  securityPin: '1234',
  billing: { method: 'email', email: 'a@example.org' },
  contacts: [{ id: 'one', type: 'owner', firstName: 'Ada', birthDate: null }],
  attributes: { plan: 'gold' },
  metadata: { free: 'text' },
};

test('masked personal values are there, but not shown; null says nothing of a person', () => {
  expect(masked(customerShape, data, 2, nobody)).toEqual({
    name: '***',
    kind: 'person',
    note: null,
    smsNumbers: '***',
    securityPin: '***',
    billing: { method: 'email', email: '***' },
    contacts: [{ id: 'one', type: 'owner', firstName: '***', birthDate: null }],
    attributes: { plan: 'gold' },
    metadata: '***',
  });
});

test('hidden personal values are not even there', () => {
  expect(masked(customerShape, data, 3, nobody)).toEqual({
    kind: 'person',
    billing: { method: 'email' },
    contacts: [{ id: 'one', type: 'owner' }],
    attributes: { plan: 'gold' },
  });
});

test('what is written into a free object that is hidden leaves the members that were not named', () => {
  const stored = { metadata: { free: 'text', deep: { one: 1, two: [2] } } };
  const written = { metadata: { more: true, deep: { two: null } } };
  expect(unmasked(customerShape, written, stored, whole(3, nobody))).toEqual({
    metadata: { free: 'text', more: true, deep: { one: 1, two: null } },
  });
});

test('a secret is masked at every level without the right to read', () => {
  expect(masked(customerShape, data, 1, nobody)).toEqual({ ...data, securityPin: '***' });
});

test('whoever may see everything gets the very same record', () => {
  expect(masked(customerShape, data, 3, reader)).toBe(data);
  expect(unmasked(customerShape, data, {}, whole(4, officer))).toBe(data);
});

test('the value of a place that the schema does not know counts as personal', () => {
  expect(maskedValue(undefined, 'x', 2, nobody)).toBe('***');
  expect(maskedValue(undefined, 'x', 3, nobody)).toBeUndefined();
});

describe('laws over random records', () => {
  test('writing back what was seen changes nothing', () => {
    fc.assert(
      fc.property(record, levels, rights, (stored, level, who) => {
        const seen = masked(customerShape, stored, level, who);
        expect(unmasked(customerShape, seen, stored, whole(level, who))).toEqual(stored);
      }),
      { numRuns: 150 },
    );
  });

  test('a change of an open member keeps every unseen one', () => {
    fc.assert(
      fc.property(record, levels, rights, (stored, level, who) => {
        const seen = { ...masked(customerShape, stored, level, who), source: 'changed' };
        expect(unmasked(customerShape, seen, stored, whole(level, who))).toEqual({
          ...stored,
          source: 'changed',
        });
      }),
      { numRuns: 100 },
    );
  });

  test('masking twice is masking once', () => {
    fc.assert(
      fc.property(record, levels, rights, (stored, level, who) => {
        const once = masked(customerShape, stored, level, who);
        expect(masked(customerShape, once, level, who)).toEqual(once);
      }),
      { numRuns: 100 },
    );
  });
});
