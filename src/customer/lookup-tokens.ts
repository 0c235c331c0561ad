import type { Tenant } from '../access/principal.ts';
import { lookupToken } from '../privacy/lookup-token.ts';
import type { CustomerData } from './customer.ts';
import { type LookupTerm, type Terms, termsIn } from './lookup-terms.ts';
import { storedForms } from './normalise.ts';
import { allNames } from './search-names.ts';
import type { LookupRow } from './stored-rows.ts';

/** Every token under which a customer is found. */
export const lookupTokens = (tenant: Tenant, number: number, data: CustomerData): LookupRow[] =>
  movedTokens(tenant, number, undefined, data).added;

/** Every token that a customer may have, those included that a version before this one made. */
export const allTokens = (tenant: Tenant, number: number, data: CustomerData): LookupRow[] =>
  movedTokens(tenant, number, data, undefined).removed;

/**
 * The tokens of these search names that a change of the record brings and takes away. Terms are compared before tokens
 * are made of them, since making one costs more than all else here; and a value that stays is taken apart once.
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

const without = (terms: Terms, others: Terms): LookupTerm[] =>
  [...terms].filter(([name]) => !others.has(name)).map(([, term]) => term);

/** A term in the forms that a version before this one stored as well. */
const formerly = (one: LookupTerm): LookupTerm[] =>
  one.field === 'name' ? storedForms(one.term).map((term) => ({ ...one, term })) : [one];

/** A phone number without a digit has no token. It once had one, which goes with the number. */
const isLookedFor = ({ field, term }: LookupTerm): boolean => field !== 'phone' || term !== '';

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
