import type { Tenant } from '../access/principal.ts';
import { lookupToken } from '../privacy/lookup-token.ts';
import type { Search } from '../schema/field.ts';
import { isObject, type Json } from '../schema/json.ts';
import type { Shape } from '../schema/shape.ts';
import type { CustomerData } from './customer.ts';
import { beginningsOf, normaliseExact, phoneFormsOf, wordsOf } from './normalise.ts';
import { customerShape } from './record.ts';
import type { TokenRow } from './store.ts';

/** A value under a search name, normalised: what a token is made of. */
export interface LookupTerm {
  field: string;
  term: string;
}

/** Every token under which a customer is found. */
export const lookupTokens = (tenant: Tenant, customerId: string, data: CustomerData): TokenRow[] => {
  const terms = new Map<string, LookupTerm>();
  collect(customerShape, data as Json, data.country ?? null, (term) =>
    terms.set(`${term.field}\u0000${term.term}`, term),
  );
  return [...terms.values()].map((term) => ({ ...storedTerm(tenant, term), customerId }));
};

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
export const termsOf = (shape: Shape, value: Json, country: string | null): LookupTerm[] => {
  const search = shape.marks.search;
  if (!search || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((one) => termsOf(shape, one, country));
  if (isObject(value)) {
    return Object.entries(value).flatMap(([name, one]) =>
      typeof one === 'string' ? [{ field: `${search.as}.${name}`, term: normaliseExact(one) }] : [],
    );
  }
  if (typeof value !== 'string' || value.trim() === '') return [];
  return formsOf(search, value, country).map((term) => ({ field: search.as, term }));
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

const collect = (
  shape: Shape,
  value: Json | undefined,
  country: string | null,
  add: (term: LookupTerm) => void,
): void => {
  if (value === undefined || value === null) return;
  if (shape.kind === 'group' && isObject(value)) {
    for (const [name, member] of shape.members) collect(member, value[name], country, add);
  } else if (shape.kind === 'list' && Array.isArray(value)) {
    for (const item of value) collect(shape.item, item, country, add);
  } else {
    for (const term of termsOf(shape, value, country)) add(term);
  }
};
