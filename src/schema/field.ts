import Type, { type Static, type TOptional, type TSchema, type TUnsafe } from 'typebox';
import { mostInt32 } from './int32.ts';
import type { Json } from './json.ts';

/**
 * The field language: JSON Schema with a closed set of marks. Every field is optional and may be null, so that
 * absent, null and a value stay three states from end to end.
 */
export interface Marks {
  /** A person's data: masked where the protection level says so, and named in the log of accesses. */
  personal?: true;
  /** Knowledge that opens an account (PIN, registration code): personal, and never shown without `personal:read`. */
  secret?: true;
  /** Under which name the field is found, and how. */
  search?: Search;
  /** No two customers of a tenant may have the same value. */
  unique?: true;
  /** Set by the service alone. */
  readOnly?: true;
  /** What a form or a support agent calls the field. */
  label?: string;
  description?: string;
}

/** A search name that several fields may share, and how values match: whole, as phone numbers, by words' beginnings. */
export interface Search {
  as: string;
  by: 'exact' | 'phone' | 'words';
}

/** The names under which marks stand in a schema; OpenAPI shows them as extensions. */
export const markKeywords = ['x-personal', 'x-secret', 'x-search', 'x-unique'] as const;

type Field<T> = TOptional<TUnsafe<T | null>>;

const field = <T>(schema: Record<string, unknown>, marks: Marks): Field<T> =>
  Type.Optional(Type.Unsafe<T | null>({ ...schema, ...keywords(marks) }));

const keywords = (marks: Marks): Record<string, unknown> => ({
  ...(marks.label === undefined ? {} : { title: marks.label }),
  ...(marks.description === undefined ? {} : { description: marks.description }),
  ...(marks.readOnly ? { readOnly: true } : {}),
  ...(marks.personal || marks.secret ? { 'x-personal': true } : {}),
  ...(marks.secret ? { 'x-secret': true } : {}),
  ...(marks.search ? { 'x-search': marks.search } : {}),
  ...(marks.unique ? { 'x-unique': true } : {}),
});

/** A text of at most `maxLength` Unicode code points. */
export const text = (maxLength: number, marks: Marks & { format?: string; pattern?: string } = {}) => {
  const { format, pattern, ...rest } = marks;
  const constraint = { maxLength, ...(format ? { format } : {}), ...(pattern ? { pattern } : {}) };
  return field<string>({ type: ['string', 'null'], ...constraint }, rest);
};

/** One of a closed list of words. */
export const choice = <const V extends readonly string[]>(values: V, marks: Marks = {}) =>
  field<V[number]>({ type: ['string', 'null'], enum: [...values, null] }, marks);

/** A whole number in a range; its format tells generators of clients how wide a number it wants. */
export const integer = (minimum: number, maximum: number, marks: Marks = {}) => {
  const format = minimum >= -mostInt32 - 1 && maximum <= mostInt32 ? 'int32' : 'int64';
  return field<number>({ type: ['integer', 'null'], format, minimum, maximum }, marks);
};

/** True or false. */
export const flag = (marks: Marks = {}) => field<boolean>({ type: ['boolean', 'null'] }, marks);

/** A calendar date, `YYYY-MM-DD`. */
export const date = (marks: Marks = {}) => field<string>({ type: ['string', 'null'], format: 'date' }, marks);

/** An instant, RFC 3339. */
export const instant = (marks: Marks = {}) =>
  field<string>({ type: ['string', 'null'], format: 'date-time' }, marks);

/** An exact decimal, as text, since a binary float would round it. */
export const decimal = (marks: Marks = {}) =>
  field<string>({ type: ['string', 'null'], pattern: '^-?\\d{1,18}(\\.\\d{1,9})?$' }, marks);

/** An object of known members; any other member is refused. */
export const group = <P extends Record<string, TSchema>>(properties: P, marks: Marks = {}) => {
  const object = Type.Object(properties, { additionalProperties: false });
  return field<Static<typeof object>>({ ...object, type: ['object', 'null'] }, marks);
};

/** A list of at most `maxItems`; items that are objects carry an `id` by which a change names them. */
export const list = <T>(item: TUnsafe<T>, maxItems: number, marks: Marks = {}) =>
  field<NonNullable<T>[]>({ type: ['array', 'null'], items: required(item), maxItems }, marks);

/** A map from free names to texts. */
export const textMap = (maxNames: number, maxLength: number, marks: Marks = {}) =>
  field<Record<string, string>>(
    {
      type: ['object', 'null'],
      propertyNames: { minLength: 1, maxLength: 128 },
      additionalProperties: { type: 'string', maxLength },
      maxProperties: maxNames,
    },
    marks,
  );

/** An object of any content. */
export const anyObject = (marks: Marks = {}) =>
  field<Record<string, Json>>({ type: ['object', 'null'], additionalProperties: true }, marks);

/** The same field where null has no meaning: an item of a list, a member that must be there. */
export const required = <T>(schema: TUnsafe<T>): TUnsafe<NonNullable<T>> => {
  const { type, enum: values, ...rest } = schema as unknown as Record<string, unknown>;
  const single = Array.isArray(type) ? type.filter((one) => one !== 'null')[0] : type;
  const choices = Array.isArray(values) ? { enum: values.filter((one) => one !== null) } : {};
  return Type.Unsafe<NonNullable<T>>({ ...rest, ...(single ? { type: single } : {}), ...choices });
};
