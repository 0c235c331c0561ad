import type { Context } from '../../customer/context.ts';
import type { Customer } from '../../customer/customer.ts';
import type { Door } from '../../customer/execute.ts';
import { normaliseExact } from '../../customer/normalise.ts';
import { type Scan, scanCustomers } from '../../customer/scan-customers.ts';
import type { Filters } from '../../customer/search-filters.ts';
import { valueAt } from '../../mapping/path.ts';
import { mostInt32 } from '../../schema/int32.ts';
import type { JsonObject } from '../../schema/json.ts';
import type { Call } from '../contract.ts';
import { choiceQuery, integerQuery, invalidQuery } from '../query.ts';

/** The names of the filters; each may have `search.` before it. */
export const filterNames = [
  'customer_id',
  'status',
  'email',
  'account_number',
  'parent_customer_id',
  'finance.bill_profile_id',
  'bill_profile_id',
] as const;

/** What to look for: indexed filters, and what is judged by itself. */
interface Search {
  filters: Filters;
  matches: readonly ((seen: Customer) => boolean)[];
}

/**
 * Reads the filters of a list; undefined when nobody can match. Values are compared as the caller sees them. Throws
 * Refusal `invalid-query`.
 */
export const readSearch = async (call: Call, door: Door): Promise<Search | undefined> => {
  const filters: Filters = {};
  const matches: ((seen: Customer) => boolean)[] = [];
  for (const name of filterNames)
    if (call.query[name] === '') throw invalidQuery(name, 'minLength', 'must not be empty');
  const number = (name: (typeof filterNames)[number], least = 1) =>
    call.query[name] === undefined ? undefined : integerQuery(call, name, least, mostInt32, least);
  const customerId = number('customer_id');
  if (customerId !== undefined) filters['number'] = String(customerId);
  const { email, account_number: accountNumber } = call.query;
  if (accountNumber !== undefined) filters['accountNumber'] = accountNumber;
  if (email !== undefined) {
    filters['email'] = email;
    matches.push(hasEmail(email));
  }
  for (const name of ['finance.bill_profile_id', 'bill_profile_id'] as const) {
    const profile = number(name, 0);
    if (profile !== undefined) matches.push(hasBillProfile(profile));
  }
  const word = choiceQuery(call, 'status', words);
  if (word !== undefined) filters['status'] = statesOf[word];
  const parent = number('parent_customer_id');
  if (parent !== undefined) {
    const parentId = await door.reader.idOfNumber(call.context, parent);
    if (parentId === undefined) return undefined;
    filters['parentId'] = parentId;
  }
  return { filters, matches };
};

const words = ['OPEN', 'PENDING', 'CLOSED', 'PROSPECT'] as const;

/** A suspended account is open for Rev.io. */
const statesOf = {
  OPEN: ['active', 'suspended'],
  PENDING: ['pending'],
  CLOSED: ['closed'],
  PROSPECT: ['prospect'],
} as const;

const hasEmail = (email: string) => {
  const wanted = normaliseExact(email);
  return ({ data }: Customer): boolean =>
    (data.email ?? '').split(',').some((one) => normaliseExact(one) === wanted);
};

const hasBillProfile =
  (profile: number) =>
  ({ data }: Customer): boolean =>
    valueAt(data as JsonObject, ['extensions', 'revio', 'finance', 'bill_profile_id']) === profile;

/** A part of what was found, by number. */
export const found = (
  door: Door,
  context: Context,
  { filters, matches }: Search,
  part: { offset: number; limit: number },
): Promise<Scan> => {
  const all = matches.length > 0 ? { matches: (seen: Customer) => matches.every((one) => one(seen)) } : {};
  return scanCustomers(door, context, { filters, ...all, ...part, total: false });
};
