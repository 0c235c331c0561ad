import { afterAll, beforeAll, expect, test } from 'vitest';
import { range } from './support/answers.ts';
import { startService, type TestService } from './support/service.ts';

let service: TestService;

/** Enough that more than a thousand have each of two words. */
const people = 1100;
const wordsOf = (n: number): string[] => [
  ...(n % 25 === 0 ? [] : ['Everybody']),
  ...(n % 20 === 0 ? [] : ['Nearly']),
  ...(n % 3 === 0 ? ['Third'] : []),
  'Someone',
];

beforeAll(async () => {
  service = await startService();
  for (const first of [1, 1 + people / 2]) {
    const changes = range(people / 2).map((n) => ({
      op: 'create',
      body: { accountNumber: `N${n + first}`, name: wordsOf(n + first).join(' ') },
    }));
    const answer = await service.send('POST', '/v1/customers/batch', { body: { changes } });
    expect(answer.status).toBe(200);
  }
});
afterAll(() => service.stop());

interface Found {
  accountNumber: string;
  number: number;
}

/** What a walk over all pages finds. */
const walk = async (parameters: Record<string, string>): Promise<Found[]> => {
  const found: Found[] = [];
  let pageToken: string | undefined;
  do {
    const query = new URLSearchParams({ limit: '400', ...parameters, ...(pageToken ? { pageToken } : {}) });
    const { status, body } = await service.get(`/v1/customers?${query}`);
    expect(status).toBe(200);
    found.push(...(body['customers'] as Found[]));
    pageToken = body['nextPageToken'] as string | undefined;
  } while (pageToken !== undefined);
  return found;
};

const having = (words: string[]): string[] =>
  range(people)
    .map((n) => n + 1)
    .filter((n) => words.every((word) => wordsOf(n).includes(word)))
    .map((n) => `N${n}`)
    .sort();

const searches: [string, string, string[]][] = [
  ['that many have', 'near every', ['Nearly', 'Everybody']],
  ['of which few have one', 'everyb thi near', ['Nearly', 'Everybody', 'Third']],
  ['that nobody has together', 'everyb nea zebra', ['Zebra']],
];

test.each(searches)('words %s find those who have all of them, page by page', async (_which, name, words) => {
  const expected = having(words);
  const rising = await walk({ name });
  expect(rising.map(({ accountNumber }) => accountNumber).sort()).toEqual(expected);
  expect(rising).toEqual(rising.toSorted((one, other) => one.number - other.number));
  expect(await walk({ name, sort: '-number' })).toEqual(rising.toReversed());
  const byTime = await walk({ name, sort: '-updatedAt' });
  expect(byTime.map(({ accountNumber }) => accountNumber).sort()).toEqual(expected);
});

test('a frequent word and a value of one customer find that one', async () => {
  const found = await walk({ name: 'everybody', accountNumber: 'N7' });
  expect(found.map(({ accountNumber }) => accountNumber)).toEqual(['N7']);
});
