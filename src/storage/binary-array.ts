import { writeUuid } from '../uuid.ts';

/**
 * PostgreSQL's binary form of a one-dimensional array parameter. A group writes its rows as arrays that `unnest`
 * turns into rows again; in this form nothing has to be quoted, and bytes stay bytes.
 */
export const uuids = (values: readonly (string | null)[]): Buffer =>
  encode(2950, values, 16, (value, buffer, at) => writeUuid(buffer, value, at));

/** Numbers of PostgreSQL's type `integer`. Throws a RangeError beyond 32 bits. */
export const int4s = (values: readonly (number | null)[]): Buffer =>
  encode(23, values, 4, (value, buffer, at) => buffer.writeInt32BE(value, at));

/** Numbers of PostgreSQL's type `bigint`. Throws a RangeError where one is no whole number. */
export const int8s = (values: readonly (number | null)[]): Buffer =>
  encode(20, values, 8, (value, buffer, at) => buffer.writeBigInt64BE(BigInt(value), at));

/** Instants with the precision of milliseconds. */
export const timestamps = (values: readonly (Date | null)[]): Buffer =>
  encode(1184, values, 8, (value, buffer, at) =>
    buffer.writeBigInt64BE(BigInt(value.getTime() - epochMs) * 1000n, at),
  );

/** Texts in UTF-8. PostgreSQL refuses one with U+0000. */
export const texts = (values: readonly (string | null)[]): Buffer =>
  encodeSized(
    25,
    values,
    (value) => Buffer.byteLength(value),
    (value, buffer, at) => buffer.write(value, at, 'utf8'),
  );

/** Bytes as they are. */
export const byteas = (values: readonly (Buffer | null)[]): Buffer =>
  encodeSized(
    17,
    values,
    (value) => value.length,
    (value, buffer, at) => value.copy(buffer, at),
  );

/** PostgreSQL counts time from 2000-01-01. */
const epochMs = Date.UTC(2000, 0, 1);

type Write<T> = (value: T, buffer: Buffer, at: number) => unknown;

const encode = <T>(oid: number, values: readonly (T | null)[], size: number, write: Write<T>): Buffer =>
  encodeSized(oid, values, () => size, write);

const encodeSized = <T>(
  oid: number,
  values: readonly (T | null)[],
  sizeOf: (value: T) => number,
  write: Write<T>,
): Buffer => {
  const sizes = values.map((value) => (value === null ? -1 : sizeOf(value)));
  const total = sizes.reduce((sum, size) => sum + 4 + Math.max(size, 0), 20);
  const buffer = Buffer.allocUnsafe(values.length === 0 ? 12 : total);
  buffer.writeInt32BE(values.length === 0 ? 0 : 1, 0);
  buffer.writeInt32BE(sizes.includes(-1) ? 1 : 0, 4);
  buffer.writeInt32BE(oid, 8);
  if (values.length === 0) return buffer;
  buffer.writeInt32BE(values.length, 12);
  buffer.writeInt32BE(1, 16);
  let at = 20;
  values.forEach((value, index) => {
    const size = sizes[index] as number;
    buffer.writeInt32BE(size, at);
    at += 4;
    if (value === null) return;
    write(value, buffer, at);
    at += size;
  });
  return buffer;
};
