import { askedPhones, narrowingWords, wordsOf } from '../../customer/normalise.ts';
import { instantOf } from '../../schema/formats.ts';
import { addressesIn } from './exact-match.ts';
import { type ListRow, statuses, types } from './small-lists.ts';
import type { Term } from './term.ts';

/**
 * Adds the filter of the index that leaves no customer out whom the term wants, if there is one that is not taken yet:
 * only what it leaves has to be looked at.
 */
export const narrowed = (indexed: Record<string, string>, { member, lookup, text }: Term): void => {
  const narrowing = Object.hasOwn(table, member) ? table[member] : undefined;
  if (!narrowing || !(narrowing.lookups ?? [null]).includes(lookup)) return;
  const value = narrowing.value(text);
  if (value !== undefined) indexed[narrowing.filter] ??= value;
};

interface Narrowing {
  filter: string;
  /** Exact match alone unless said. */
  lookups?: readonly (string | null)[];
  /** The filter's value; undefined where the index does not know such values. */
  value(text: string): string | undefined;
}

/** Blank values are not in the index. */
const exact = (filter: string): Narrowing => ({
  filter,
  value: (text) => (text.trim() === '' ? undefined : text),
});

/** A number without a digit is not in the index. */
const phone: Narrowing = {
  filter: 'phone',
  value: (text) => (askedPhones(text).length === 0 ? undefined : text),
};

/** Every word of a name is in the index. */
const name: Narrowing = {
  filter: 'name',
  value: (text) => narrowingWords(wordsOf(text)) || undefined,
};

const word = (filter: string, rows: readonly ListRow[]): Narrowing => ({
  filter,
  value: (text) => rows.find(({ id }) => id === Number(text))?.word,
});

const table: Record<string, Narrowing> = {
  id: { filter: 'number', value: (text) => (/^\d{1,10}$/.test(text) ? text : undefined) },
  customer_number: exact('accountNumber'),
  status: word('status', statuses),
  type: word('kind', types),
  country: exact('country'),
  date_modified: {
    filter: 'updatedSince',
    lookups: [null, 'gt', 'gte'],
    value: (text) => instantOf(text)?.toISOString(),
  },
  customer_name: name,
  customer_name_ext: name,
  customer_email: { filter: 'email', value: (text) => addressesIn(text)[0] },
  customer_phone: phone,
  secondary_phone: phone,
  sms_numbers: phone,
  identification: exact('identifier'),
  ssn_or_business_id: exact('identifier'),
};
