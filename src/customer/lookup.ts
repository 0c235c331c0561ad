import type { Tenant } from '../access/principal.ts';
import { fieldAndValue, lookupToken } from '../privacy/lookup-token.ts';
import type { Change } from '../schema/change.ts';
import type { Search } from '../schema/field.ts';
import { isObject, type Json } from '../schema/json.ts';
import { oncePer } from '../schema/once-per.ts';
import { parsePointer } from '../schema/pointer.ts';
import { type Shape, shapeAt } from '../schema/shape.ts';
import type { CustomerData } from './customer.ts';
import { beginningsOf, normaliseExact, phoneFormsOf, storedForms, wordsOf } from './normalise.ts';
import { customerShape } from './record.ts';
import type { LookupRow, TokenRow } from './stored-rows.ts';

/** A value under a search name, normalised: what a token is made of. */
interface LookupTerm {
  field: string;
  term: string;
}

/** Every token under which a customer is found. */
export const lookupTokens = (tenant: Tenant, number: number, data: CustomerData): LookupRow[] =>
  movedTokens(tenant, number, undefined, data).added;

/** Every token that a customer may have, those included that a version before this one made. */
export const allTokens = (tenant: Tenant, number: number, data: CustomerData): LookupRow[] =>
  movedTokens(tenant, number, data, undefined).removed;

/** Every name by which something at or below a place of the schema is searched. */
const searchNames = oncePer((shape: Shape): ReadonlySet<string> => {
  const parts =
    shape.kind === 'group' ? [...shape.members.values()] : shape.kind === 'list' ? [shape.item] : [];
  const own = shape.marks.search ? [shape.marks.search.as] : [];
  return new Set([...own, ...parts.flatMap((part) => [...searchNames(part)])]);
});

/** Every whole word of the names by which a customer is found. */
export const nameWords = (data: CustomerData): ReadonlySet<string> => {
  const words = new Set<string>();
  const visit = (shape: Shape, value: Json | undefined): void => {
    if (shape.kind === 'list' && Array.isArray(value)) for (const item of value) visit(shape.item, item);
    if (shape.kind === 'group' && isObject(value)) {
      for (const [name, part] of searchedParts(shape)) visit(part, value[name]);
    }
    if (shape.marks.search?.by === 'words' && typeof value === 'string') {
      for (const word of wordsOf(value)) words.add(word);
    }
  };
  visit(customerShape, data as Json);
  return words;
};

/** The members of a group in which anything is searched. */
const searchedParts = oncePer((shape: Shape & { kind: 'group' }): [string, Shape][] =>
  [...shape.members].filter(([, member]) => searchNames(member).size > 0),
);

/** Every name by which a customer is searched. */
export const allNames: ReadonlySet<string> = searchNames(customerShape);

/** The search names whose tokens a change may move; a value that must be unique counts under a name of its own. */
export const movedNames = (changes: readonly Pick<Change, 'path'>[]): ReadonlySet<string> => {
  const names = new Set<string>();
  for (const { path } of changes) {
    const shape = shapeAt(customerShape, parsePointer(path));
    if (shape === undefined) return allNames;
    for (const name of searchNames(shape)) names.add(name);
    if (isSearched(shape) && names.size === 0) names.add(uniqueAlone);
    // How a phone number is dialled at home depends on the country of the record.
    if (path === '/country') names.add('phone');
  }
  return names;
};

const uniqueAlone = 'unique';

/**
 * The tokens of these search names that a change of the record brings and takes away. Terms are compared before tokens are made of them,
 * since making one costs more than all else here; and a value that stays is taken apart once.
 */
export const movedTokens = (
  tenant: Tenant,
  number: number,
  before: CustomerData | undefined,
  after: CustomerData | undefined,
  names: ReadonlySet<string> = allNames,
): { added: LookupRow[]; removed: LookupRow[] } => {
  const known = new Map<string, string[]>();
  const [had, has] = [termsIn(before, names, known), termsIn(after, names, known)];
  const rows = (terms: LookupTerm[]) => terms.map((term) => ({ ...storedTerm(tenant, term), number }));
  return {
    added: rows(without(has, had).filter(isLookedFor)),
    removed: rows(without(had, has).flatMap(formerly)),
  };
};

type Terms = ReadonlyMap<string, LookupTerm>;

const without = (terms: Terms, others: Terms): LookupTerm[] =>
  [...terms].filter(([name]) => !others.has(name)).map(([, term]) => term);

/** A term in the forms that a version before this one stored as well. */
const formerly = (one: LookupTerm): LookupTerm[] =>
  one.field === 'name' ? storedForms(one.term).map((term) => ({ ...one, term })) : [one];

/** A phone number without a digit has no token. It once had one, which goes with the number. */
const isLookedFor = ({ field, term }: LookupTerm): boolean => field !== 'phone' || term !== '';

const termsIn = (data: CustomerData | undefined, names: ReadonlySet<string>, known: Forms): Terms => {
  const terms = new Map<string, LookupTerm>();
  if (!data) return terms;
  const add = (term: LookupTerm) => terms.set(fieldAndValue(term.field, term.term), term);
  collect(customerShape, data as Json, { names, country: data.country ?? null, known, add });
  return terms;
};

/** The forms of values that were taken apart already. */
type Forms = Map<string, string[]>;

/**
 * A term as it is stored: the declared name openly, all else in the token alone. A name that a client made up may be
 * personal, and may hold characters that a database does not take.
 */
export const storedTerm = (
  tenant: Tenant,
  { field, term }: LookupTerm,
): { field: string; token: Buffer } => ({
  field: field.split('.', 1)[0] as string,
  token: lookupToken(tenant.secret, field, term),
});

/** The tokens of the values that this customer alone may hold, with the pointer of each; those it `held` already are left out. */
export const uniqueTokens = (
  tenant: Tenant,
  customerId: string,
  data: Partial<CustomerData>,
  held: Partial<CustomerData> = {},
): (TokenRow & { pointer: string })[] =>
  uniqueMembers.flatMap((name) => {
    const value = data[name];
    if (typeof value !== 'string' || value === '' || value === held[name]) return [];
    return [
      {
        field: name,
        token: lookupToken(tenant.secret, `unique.${name}`, value),
        customerId,
        pointer: `/${name}`,
      },
    ];
  });

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

/** Whether anything at or below this place of the schema is searched or unique. */
export const isSearched = (shape: Shape): boolean => {
  if (shape.marks.search || shape.marks.unique) return true;
  if (shape.kind === 'group') return [...shape.members.values()].some(isSearched);
  return shape.kind === 'list' && isSearched(shape.item);
};

const uniqueMembers = (customerShape.kind === 'group' ? [...customerShape.members] : [])
  .filter(([, shape]) => shape.marks.unique)
  .map(([name]) => name as 'accountNumber' | 'registrationCode');

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

const holdsAny = (shape: Shape, names: ReadonlySet<string>): boolean => {
  for (const name of searchNames(shape)) if (names.has(name)) return true;
  return false;
};
