import { wordsOf } from '../src/customer/normalise.ts';
import { frequentFirstNames, nameOf, personOf } from './people.ts';
import type { SearchMeasure } from './search-measures.ts';

/** What is asked for: filters by name, as users of the people's software type them. */
export type Asked = Record<string, string>;

/**
 * Filters for each measure, drawn from the people themselves, so that a frequent name is asked for as often as it is
 * met. A name is typed from its third letter on to at most its eighth.
 */
export const askedFor = (people: number, count: number): Record<SearchMeasure, Asked[]> => {
  const drawn = Array.from({ length: count }, () => 1 + Math.floor(Math.random() * people));
  const names = drawn.map((n) => ({ name: typed(pick(wordsOf(nameOf(n).name))) }));
  const exact = drawn.map((n) => ({ email: personOf(n).email ?? '' }));
  const frequent = [...new Set(frequentFirstNames(mostFrequent).map((name) => beginning(name, shortest)))];
  const single = frequent.map((name) => ({ name }));
  return {
    'search email': exact,
    'search phone': drawn.map((n) => ({ phone: personOf(n).phone ?? '' })),
    'search account number': drawn.map((n) => ({ accountNumber: personOf(n).accountNumber ?? '' })),
    'search identifier': drawn.map((n) => ({ identifier: personOf(n).identifiers?.nationalId ?? '' })),
    'search name': names,
    'search two names': drawn.map((n) => {
      const { firstName, lastName } = nameOf(n);
      return { name: `${typed(pick(wordsOf(firstName)))} ${typed(pick(wordsOf(lastName)))}` };
    }),
    'search frequent name': single,
    'search two frequent names': frequent.flatMap((one) =>
      frequent.filter((other) => other !== one).map((other) => ({ name: `${one} ${other}` })),
    ),
    'bare exact': exact,
    'bare name': names,
    'bare frequent name': single,
  };
};

const shortest = 3;
const longest = 8;
const mostFrequent = 20;

const beginning = (name: string, letters: number): string =>
  [...name.toLowerCase()].slice(0, letters).join('');

const typed = (word: string): string =>
  beginning(word, shortest + Math.floor(Math.random() * (Math.min(longest, word.length) - shortest + 1)));

const pick = (words: string[]): string => words[Math.floor(Math.random() * words.length)] as string;
