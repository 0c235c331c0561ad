import { fieldAndValue } from '../privacy/lookup-token.ts';
import type { Search } from '../schema/field.ts';
import { isObject, type Json } from '../schema/json.ts';
import type { Shape } from '../schema/shape.ts';
import type { CustomerData } from './customer.ts';
import { beginningsOf, normaliseExact, phoneFormsOf, wordsOf } from './normalise.ts';
import { customerShape } from './record.ts';
import { holdsAny, searchedParts } from './search-names.ts';

/** Every term of a record under these search names; `known` keeps the forms of values for the next record. */
export const termsIn = (data: CustomerData | undefined, names: ReadonlySet<string>, known: Forms): Terms => {
  const terms = new Map<string, LookupTerm>();
  if (!data) return terms;
  const add = (term: LookupTerm) => terms.set(fieldAndValue(term.field, term.term), term);
  collect(customerShape, data as Json, { names, country: data.country ?? null, known, add });
  return terms;
};

/** Terms by field and value as one text, so that each is there once. */
export type Terms = ReadonlyMap<string, LookupTerm>;

/** A value under a search name, normalised: what a token is made of. */
export interface LookupTerm {
  field: string;
  term: string;
}

/** The forms of values that were taken apart already. */
type Forms = Map<string, string[]>;

interface Collecting {
  names: ReadonlySet<string>;
  country: string | null;
  known: Forms;
  add(term: LookupTerm): void;
}

const collect = (shape: Shape, value: Json | undefined, into: Collecting): void => {
  if (value === undefined || value === null || !holdsAny(shape, into.names)) return;
  if (shape.kind === 'group' && isObject(value)) {
    for (const [name, member] of searchedParts(shape)) collect(member, value[name], into);
  } else if (shape.kind === 'list' && Array.isArray(value)) {
    for (const item of value) collect(shape.item, item, into);
  } else {
    for (const term of termsOf(shape, value, into.country, into.known)) into.add(term);
  }
};

/** The terms of one value of a field. */
export const termsOf = (
  shape: Shape,
  value: Json,
  country: string | null,
  known: Forms = new Map(),
): LookupTerm[] => {
  const search = shape.marks.search;
  if (!search || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((one) => termsOf(shape, one, country, known));
  if (isObject(value)) {
    return Object.entries(value).flatMap(([name, one]) =>
      typeof one === 'string' ? [{ field: `${search.as}.${name}`, term: normaliseExact(one) }] : [],
    );
  }
  if (typeof value !== 'string' || value.trim() === '') return [];
  const name = `${search.as}\u0000${country}\u0000${value}`;
  const forms = known.get(name) ?? formsOf(search, value, country);
  known.set(name, forms);
  return forms.map((term) => ({ field: search.as, term }));
};

const formsOf = (search: Search, value: string, country: string | null): string[] => {
  if (search.by === 'phone') return phoneFormsOf(value, country);
  if (search.by === 'words') return wordsOf(value).flatMap(beginningsOf);
  return (search.as === 'email' ? value.split(',') : [value]).map(normaliseExact);
};
