import Type, { type TSchema } from 'typebox';
import { instantOf } from '../../schema/formats.ts';
import type { Json } from '../../schema/json.ts';
import { wire } from './wire.ts';

/** A value as it is compared with others of its kind. */
export type Comparable = string | number | bigint | boolean;

/** How the values of a member are compared, and how a parameter says one. */
export interface Kind {
  /** The value that a text says; undefined where it says none. */
  parse(text: string): Comparable | undefined;
  /** A value of the document; undefined where it has none. */
  of(value: Json | undefined): Comparable | undefined;
  /** What a text must be, for a fault. */
  mustBe: string;
  /** Which groups of lookups make sense. */
  ordered: boolean;
  text: boolean;
}

/** The kind of a member of the wire schema. */
export const kindOf = (member: string): Kind => {
  const { type, format, pattern } = schemaOf(member);
  if (type[0] === 'integer') return whole;
  if (type[0] === 'boolean') return truth;
  if (format === 'date') return day;
  if (format === 'date-time') return instant;
  return pattern === undefined ? plainText : decimal;
};

/** The schema of a value of the member, as OpenAPI describes the parameter that says one. */
export const valueSchema = (member: string): TSchema => {
  const { type, format, pattern } = schemaOf(member);
  return Type.Unsafe({ type: type[0], ...(format ? { format } : {}), ...(pattern ? { pattern } : {}) });
};

const schemaOf = (member: string): Schema =>
  (wire.properties as unknown as Record<string, Schema>)[member] as Schema;

interface Schema {
  type: string[];
  format?: string;
  pattern?: string;
}

const ifText = (value: Json | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;

const plainText: Kind = {
  parse: (text) => text,
  of: ifText,
  mustBe: 'must be a text',
  ordered: true,
  text: true,
};

const whole: Kind = {
  parse: (text) => (/^-?\d{1,15}$/.test(text) ? Number(text) : undefined),
  of: (value) => (typeof value === 'number' ? value : undefined),
  mustBe: 'must be a whole number',
  ordered: true,
  text: false,
};

/** True or false, as a parameter says it; undefined for anything else. */
export const parseTruth = (text: string): boolean | undefined => truths.get(text.toLowerCase());

const truths: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
]);

const truth: Kind = {
  parse: parseTruth,
  of: (value) => (typeof value === 'boolean' ? value : undefined),
  mustBe: 'must be true or false',
  ordered: false,
  text: false,
};

const isDate = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d$/.test(text) && instantOf(`${text}T00:00:00Z`) !== undefined;

const day: Kind = {
  parse: (text) => (isDate(text) ? text : undefined),
  of: ifText,
  mustBe: 'must be a date as YYYY-MM-DD',
  ordered: true,
  text: false,
};

/** A day alone is its beginning in UTC. */
const instant: Kind = {
  parse: (text) => instantOf(isDate(text) ? `${text}T00:00:00Z` : text)?.getTime(),
  of: (value) => instantOf(String(value))?.getTime(),
  mustBe: 'must be a date-time with its time zone, or a date',
  ordered: true,
  text: false,
};

/** As many digits as the record takes. */
const decimal: Kind = {
  parse: (text) => (text.length <= 30 ? billionths(text) : undefined),
  of: (value) => billionths(String(value)),
  mustBe: 'must be a decimal',
  ordered: true,
  text: false,
};

/** A decimal of at most nine places as a whole number, so that nothing is rounded. */
const billionths = (text: string): bigint | undefined => {
  const [, sign, digits, fraction = ''] = /^(-?)(\d+)(?:\.(\d{1,9}))?$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const number = BigInt(digits + fraction.padEnd(9, '0'));
  return sign === '-' ? -number : number;
};
