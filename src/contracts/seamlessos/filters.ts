import type { Customer } from '../../customer/customer.ts';
import {
  narrowingWords,
  normaliseExact,
  normalisePhone,
  phoneFormsOf,
  wordsOf,
} from '../../customer/normalise.ts';
import { isNothing, parsePath, valueAt } from '../../mapping/path.ts';
import { maskText } from '../../privacy/mask.ts';
import { invalidQuery } from '../query.ts';
import { showSeen } from './view.ts';

/** What to look for: indexed filters, and what is judged on each customer as the caller sees it. */
interface Filter {
  filters: Record<string, string>;
  matches?: (seen: Customer) => boolean;
}

/**
 * Reads `filter`: conditions like `contact.email==ada@example.com;customerType==CONSUMER`, all of which must hold, or a
 * text that is taken by its form. Throws Refusal `invalid-query`.
 */
export const readFilter = (text = ''): Filter => {
  const wanted = text.trim();
  if (wanted === '') return { filters: {} };
  return wanted.includes('==') ? conditionsOf(wanted) : textFilter(wanted);
};

/** The properties that a condition may name, and the filter that finds most of those that match. */
const properties = new Map<string, ((value: string) => Record<string, string>) | null>([
  ['customerType', (value) => ({ kind: kindOf(value) })],
  ['name', (value) => (wordsOf(value).length > 0 ? { name: narrowingWords(wordsOf(value)) } : {})],
  ['identity', (value) => ({ identifier: value })],
  ['preferredLocale', null],
  ['humanReadableId', (value) => ({ humanReadableId: value })],
  ['contact.email', (value) => ({ email: value })],
  ['contact.msisdn', (value) => ({ phone: value })],
  ['billing.method', null],
  ['billing.currency', null],
  ['contactPersonUserId', null],
]);

const kindOf = (customerType: string): string => {
  const kind = kinds.get(normaliseExact(customerType));
  if (kind === undefined)
    throw invalidQuery('filter', 'enum', 'names a customerType that is neither CONSUMER nor BUSINESS');
  return kind;
};

const kinds: ReadonlyMap<string, string> = new Map([
  ['consumer', 'person'],
  ['business', 'organisation'],
]);

const conditionsOf = (text: string): Filter => {
  const conditions = text.split(/;(?=(?:metadata\.[^;=]+|[A-Za-z.]+)==)/).map(conditionOf);
  const names = conditions.map(({ name }) => name);
  if (new Set(names).size < names.length)
    throw invalidQuery('filter', 'single', 'may name each property once only');
  return {
    filters: Object.assign({}, ...conditions.map(({ filters }) => filters)),
    matches(seen) {
      const document = showSeen(seen);
      return conditions.every(({ path, isIt }) => {
        const found = valueAt(document, path);
        return (
          !isNothing(found) && typeof found !== 'object' && found !== maskText && isIt(String(found), seen)
        );
      });
    },
  };
};

const conditionOf = (text: string) => {
  const [, name = '', value = ''] = /^([^=]*)==(.*)$/s.exec(text) ?? [];
  const narrow = properties.get(name);
  if (narrow === undefined && !/^metadata\../.test(name)) {
    const known = [...properties.keys()].join(', ');
    throw invalidQuery('filter', 'unknownMember', `may name ${known} and metadata.<name>`);
  }
  const path = name.startsWith('metadata.') ? ['metadata', name.slice('metadata.'.length)] : parsePath(name);
  const isIt = name === 'contact.msisdn' ? isPhone(value) : isText(value);
  return { name, path, isIt, filters: narrow?.(value) ?? {} };
};

/** Whether what a customer shows is what was asked for. */
type Comparison = (shown: string, customer: Customer) => boolean;

const isText = (asked: string): Comparison => {
  const wanted = normaliseExact(asked);
  return (shown) => normaliseExact(shown) === wanted;
};

/** A number is the same however it is written; without a digit it is none, and only the text is left to compare. */
const isPhone = (asked: string): Comparison => {
  const wanted = normalisePhone(asked);
  if (wanted === '') return isText(asked);
  return (shown, { data }) => phoneFormsOf(shown, data.country ?? null).includes(wanted);
};

const textFilter = (text: string): Filter => {
  const property = forms.find(([form]) => form.test(text))?.[1];
  return property === undefined ? wordsFilter(text) : conditionsOf(`${property}==${text}`);
};

/** What a text is, by its form; words of a name where it has none of these. */
const forms: readonly [form: RegExp, property: string][] = [
  [/@/, 'contact.email'],
  [/^[0-9A-Z]{3}-[0-9A-Z]{4}-[0-9A-Z]{3}$/i, 'humanReadableId'],
  [/^\+[\d\s()-]+$/, 'contact.msisdn'],
  [/^[\d\s-]+$/, 'identity'],
  [/^(?=(?:\D*\d){5})[\p{L}\d./+-]+$/u, 'identity'],
];

/** Names are found by the beginnings of their words; other names than the customer's own are none of SeamlessOS. */
const wordsFilter = (text: string): Filter => {
  const words = [...new Set(wordsOf(text))];
  if (words.length === 0) throw invalidQuery('filter', 'minLength', 'must hold a word');
  return {
    filters: { name: narrowingWords(words) },
    matches({ data }) {
      const known = wordsOf(data.name ?? '');
      return words.every((word) => known.some((one) => one.startsWith(word)));
    },
  };
};
