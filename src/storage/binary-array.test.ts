import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { anyCharacter } from '../../test/support/any-character.ts';
import { byteas, int4s, int8s, texts, timestamps, uuids } from './binary-array.ts';

let client: pg.Client;
beforeAll(async () => {
  client = new pg.Client({ connectionString: inject('serverUrl').replace('DATABASE', 'postgres') });
  await client.connect();
});
afterAll(() => client.end());

/** What PostgreSQL reads from the array, row by row. */
const readBack = async (type: string, array: Buffer): Promise<unknown[]> => {
  const { rows } = await client.query(`SELECT r AS value FROM unnest($1::${type}[]) AS r`, [array]);
  return rows.map((row) => row.value);
};

/** PostgreSQL reads back every list of values as it was, nulls and empty lists included. */
const isKept = async <T>(
  type: string,
  encode: (values: (T | null)[]) => Buffer,
  value: fc.Arbitrary<T>,
  asRead: (value: T) => unknown = (one) => one,
) =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.option(value), { maxLength: 20 }), async (values) => {
      const expected = values.map((one) => (one === null ? null : asRead(one)));
      expect(await readBack(type, encode(values))).toEqual(expected);
    }),
    { numRuns: 60 },
  );

test('uuids', () => isKept('uuid', uuids, fc.uuid()));

test('int4s', () => isKept('int4', int4s, fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })));

test('int8s', () => isKept('int8', int8s, fc.maxSafeInteger(), String));

test('timestamps, before and after the year 2000, to the millisecond', () =>
  isKept(
    'timestamptz',
    timestamps,
    fc.date({
      min: new Date('0001-01-02T00:00:00Z'),
      max: new Date('9999-12-30T00:00:00Z'),
      noInvalidDate: true,
    }),
  ));

test('texts of any characters but NUL, which PostgreSQL does not have', () =>
  isKept(
    'text',
    texts,
    fc
      .oneof(fc.string({ unit: anyCharacter }), fc.constantFrom('', '{}', '"', '\\', 'NULL', ',', '\n'))
      .filter((text) => !text.includes('\u0000')),
  ));

test('bytes', () =>
  isKept(
    'bytea',
    byteas,
    fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  ));

test('arrays of different types stay in step', async () => {
  const { rows } = await client.query(
    'SELECT * FROM unnest($1::uuid[], $2::int4[], $3::text[]) AS r (id, number, name)',
    [uuids(['01890000-0000-7000-8000-000000000001', null]), int4s([1, 2]), texts(['a', 'b'])],
  );
  expect(rows).toEqual([
    { id: '01890000-0000-7000-8000-000000000001', number: 1, name: 'a' },
    { id: null, number: 2, name: 'b' },
  ]);
});

test('a long list is one parameter', async () => {
  const values = Array.from({ length: 20_000 }, (_, n) => n);
  const { rows } = await client.query('SELECT sum(r) AS sum FROM unnest($1::int4[]) AS r', [int4s(values)]);
  expect(Number(rows[0].sum)).toBe((20_000 * 19_999) / 2);
});

test('what does not fit is an error, not another value', () => {
  expect(() => int4s([2 ** 31])).toThrow(RangeError);
  expect(() => int8s([1.5])).toThrow(RangeError);
  expect(() => timestamps([new Date(Number.NaN)])).toThrow(RangeError);
});
