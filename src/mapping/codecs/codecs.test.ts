import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../schema/json.ts';
import { type Codec, CodecFault } from '../codec.ts';
import { noLinks } from '../links.ts';
import { choices } from './choices.ts';
import { countryAlpha3, countryCodes } from './country-codes.ts';
import { customerNumber } from './customer-number.ts';
import { dayMonthYear } from './day-month-year.ts';
import { decimalNumber } from './decimal-number.ts';
import { epochMillis } from './epoch-millis.ts';

const words = choices([
  ['a', 'A'],
  ['b', 'B'],
  ['c', 'B'],
]);
const anyCase = choices([['owner', 'OWNER']], { anyCase: true });

/** Of each codec: what is the same on both sides, what is only written, only read, never written, never read. */
const cases: Record<string, [Codec, Record<'both' | 'written' | 'read', [Json, Json][]>, Json[], Json[]]> = {
  choices: [
    words,
    {
      both: [
        ['a', 'A'],
        ['b', 'B'],
      ],
      written: [['c', 'B']],
      read: [],
    },
    ['A', '***', null, {}],
    ['a', '***', '', 1, ['A'], 'constructor'],
  ],
  'choices in any case': [
    anyCase,
    {
      both: [['owner', 'OWNER']],
      written: [],
      read: [
        ['owner', 'Owner'],
        ['owner', 'owner'],
      ],
    },
    ['OWNER'],
    ['own', 1, null],
  ],
  dayMonthYear: [
    dayMonthYear,
    {
      both: [
        ['2024-02-29', '29022024'],
        ['0001-01-01', '01010001'],
      ],
      written: [],
      read: [],
    },
    ['***', '', '2024-2-1', 5],
    ['29022023', '00012024', '2024-02-29', '290220', 29022024, '***', '', '2902 2024'],
  ],
  epochMillis: [
    epochMillis,
    {
      both: [
        ['1970-01-01T00:00:00.000Z', 0],
        ['1969-12-31T23:59:59.999Z', -1],
      ],
      written: [['2024-02-29T12:00:00+01:00', 1709204400000]],
      read: [],
    },
    ['***', '2024-02-29', 0],
    ['0', 1.5, 1e300, -1e15, true],
  ],
  decimalNumber: [
    decimalNumber,
    {
      both: [
        ['12.5', 12.5],
        ['0', 0],
        ['-0.1', -0.1],
        ['0.0000001', 1e-7],
        ['123456789012345678.123456789', '123456789012345678.123456789'],
      ],
      written: [
        ['12.50', 12.5],
        ['007', 7],
        ['-0', 0],
        ['-0.0', 0],
        ['1.10000000000000000001', '1.10000000000000000001'],
      ],
      read: [
        ['1000000000000000000000', 1e21],
        ['12.50', '12.50'],
      ],
    },
    ['***', '1e3', ''],
    ['1e3', '', '1,5', true, []],
  ],
  countryAlpha3: [
    countryAlpha3,
    {
      both: [
        ['SE', 'SWE'],
        ['US', 'USA'],
        ['GB', 'GBR'],
        ['DE', 'DEU'],
        ['CH', 'CHE'],
      ],
      written: [],
      read: [],
    },
    ['Sweden', 'se', '***'],
    ['SE', 'swe', 'XXX', ''],
  ],
};

describe.each(Object.entries(cases))('%s', (_name, [codec, same, unwritten, unread]) => {
  test('says what both sides can say, shows the rest of a record as it is, and refuses the rest of a document', () => {
    for (const [canonical, wire] of [...same.both, ...same.written])
      expect(codec.write(canonical, noLinks)).toEqual(wire);
    for (const [canonical, wire] of [...same.both, ...same.read])
      expect(codec.read(wire, noLinks)).toEqual(canonical);
    for (const value of unwritten) expect(shown(codec, value), String(value)).toBe(value);
    for (const value of unread) expect(() => codec.read(value, noLinks), String(value)).toThrow(CodecFault);
  });
});

test('a decimal is never another one on the other side', () => {
  const decimals = fc.stringMatching(/^-?\d{1,18}(\.\d{1,9})?$/);
  fc.assert(
    fc.property(decimals, (text) => {
      const wire = decimalNumber.write(text, noLinks);
      const read = String(decimalNumber.read(wire, noLinks));
      const [scale, zero] = [10n ** 9n, '0'];
      const exact = (one: string) => {
        const [whole = zero, fraction = ''] = one.replace('-', '').split('.');
        return (one.startsWith('-') ? -1n : 1n) * (BigInt(whole) * scale + BigInt(fraction.padEnd(9, zero)));
      };
      expect(exact(read)).toBe(exact(text));
    }),
    { numRuns: 2000 },
  );
});

test('numbers of any size are read as decimals without an exponent', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
      const text = String(decimalNumber.read(number, noLinks));
      expect(text).toMatch(/^-?\d+(\.\d+)?$/);
      expect(Number(text)).toBe(number === 0 ? 0 : number);
    }),
    { numRuns: 2000 },
  );
});

test('the country codes are those of ISO 3166-1, each once', () => {
  const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
  expect(countryCodes).toHaveLength(249);
  expect(new Set(countryCodes.map(([, alpha3]) => alpha3)).size).toBe(249);
  expect(countryCodes.filter(([alpha2]) => names.of(alpha2) === undefined)).toEqual([]);
});

test('a customer is named by its number where the links know it', () => {
  const links = { numberOf: () => 1001, idOf: (number: number) => (number === 1001 ? 'x' : null) };
  expect(customerNumber.write('x', links)).toBe(1001);
  expect(customerNumber.read(1001, links)).toBe('x');
  expect(customerNumber.write('x', noLinks)).toBe(null);
  for (const wire of [1002, '1001', true]) expect(() => customerNumber.read(wire, links)).toThrow(CodecFault);
});

/** What stands in a document: a codec that cannot say a value throws, or gives it back. */
const shown = (codec: Codec, value: Json): Json => {
  try {
    return codec.write(value, noLinks);
  } catch (error) {
    expect(error).toBeInstanceOf(CodecFault);
    return value;
  }
};
