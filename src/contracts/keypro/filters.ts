import type { Fault } from '../../errors.ts';
import type { Json, JsonObject } from '../../schema/json.ts';
import { equalsProtected } from './exact-match.ts';
import { type Comparable, type Kind, kindOf, parseTruth } from './filter-kinds.ts';
import { narrowed } from './narrowing.ts';
import { protectedMembers } from './protection.ts';
import type { Term } from './term.ts';
import { wire } from './wire.ts';

/** What the parameters of a list ask for: the part that the index serves, and the judgement of a shown customer. */
interface Filters {
  indexed: Record<string, string>;
  /** Absent where nothing is asked for. `isOpen` tells whether the caller sees the protected members. */
  matches?(document: JsonObject, isOpen: boolean): boolean;
  /** Parameters that make no sense. */
  faults: Fault[];
}

/**
 * Reads filters: `member`, `member__lookup`, and `not__` before either; all must hold. A protected member serves exact
 * match alone, and only among customers whose protected members the caller sees.
 */
export const readFilters = (query: Record<string, string>): Filters => {
  const result: Filters = { indexed: {}, faults: [] };
  const tests: Test[] = [];
  for (const [parameter, text] of Object.entries(query)) {
    const term = termOf(parameter, text);
    const read = testOf(term);
    if (typeof read === 'function') tests.push(read);
    else result.faults.push({ pointer: parameter.slice(0, 100), ...read });
    if (typeof read === 'function' && !term.negated) narrowed(result.indexed, term);
  }
  if (tests.length > 0) result.matches = (document, isOpen) => tests.every((test) => test(document, isOpen));
  return result;
};

/** The lookups beside exact match. */
export const lookups = {
  ordered: ['gt', 'gte', 'lt', 'lte'],
  text: ['startswith', 'istartswith', 'endswith', 'iendswith', 'contains', 'icontains'],
} as const;

type Test = (document: JsonObject, isOpen: boolean) => boolean;

const termOf = (parameter: string, text: string): Term => {
  const negated = parameter.startsWith('not__');
  const [member = '', ...lookup] = (negated ? parameter.slice('not__'.length) : parameter).split('__');
  return { member, lookup: lookup.length === 0 ? null : lookup.join('__'), negated, text };
};

const testOf = (term: Term): Test | Omit<Fault, 'pointer'> => {
  const { member, lookup, negated, text } = term;
  if (!Object.hasOwn(wire.properties, member))
    return { rule: 'unknownParameter', detail: 'is not a known parameter' };
  if (protectedMembers.has(member)) {
    if (lookup !== null || negated)
      return { rule: 'encrypted', detail: 'is encrypted and can be filtered by exact match only' };
    return (document, isOpen) => isOpen && equalsProtected(member, document, text);
  }
  const kind = kindOf(member);
  if (!serves(kind, lookup)) return { rule: 'lookup', detail: 'is not a lookup of this member' };
  const read = lookup === 'isnull' ? parseTruth(text) : kind.parse(text);
  if (read === undefined)
    return { rule: 'format', detail: lookup === 'isnull' ? 'must be true or false' : kind.mustBe };
  const test = valueTest(kind, lookup, read);
  return (document) => test(document[member]) !== negated;
};

const serves = (kind: Kind, lookup: string | null): boolean =>
  lookup === null ||
  lookup === 'isnull' ||
  (kind.ordered && (lookups.ordered as readonly string[]).includes(lookup)) ||
  (kind.text && (lookups.text as readonly string[]).includes(lookup));

const valueTest = (
  kind: Kind,
  lookup: string | null,
  asked: Comparable,
): ((value: Json | undefined) => boolean) => {
  if (lookup === 'isnull') return (value) => (kind.of(value) === undefined) === asked;
  const compare = lookup === null ? (one: Comparable) => one === asked : comparison(lookup, asked);
  return (value) => {
    const one = kind.of(value);
    return one !== undefined && compare(one);
  };
};

const comparison = (lookup: string, asked: Comparable): ((one: Comparable) => boolean) => {
  if (lookup === 'gt') return (one) => one > asked;
  if (lookup === 'gte') return (one) => one >= asked;
  if (lookup === 'lt') return (one) => one < asked;
  if (lookup === 'lte') return (one) => one <= asked;
  const anyCase = lookup.startsWith('i');
  const part = anyCase ? String(asked).toLowerCase() : String(asked);
  const search = anyCase ? lookup.slice(1) : lookup;
  return (value) => {
    const one = anyCase ? String(value).toLowerCase() : String(value);
    if (search === 'startswith') return one.startsWith(part);
    return search === 'endswith' ? one.endsWith(part) : one.includes(part);
  };
};
