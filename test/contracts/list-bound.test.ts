import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contracts } from '../../src/contracts/all.ts';
import type { JsonObject } from '../../src/schema/json.ts';
import { range } from '../support/answers.ts';
import type { Answer } from '../support/client.ts';
import { startService, type TestService } from '../support/service.ts';
import { keyproClient } from './keypro/client.ts';
import { revioSender } from './revio/client.ts';
import { seamlessosSender } from './seamlessos/client.ts';
import { logIn, type ServitlyClient } from './servitly/client.ts';

/** There are more customers than a list may look at one by one. */
const most = 3;
const size = 7;
let service: TestService;
let servitly: ServitlyClient;
beforeAll(async () => {
  service = await startService({ settings: { LIST_SCAN_LIMIT: String(most) } });
  servitly = await logIn(service);
  for (const count of range(size)) {
    await service.create({
      kind: 'person',
      name: `Ada ${count}`,
      accountNumber: `A-${count}`,
      country: 'Sweden',
      locale: 'sv-SE',
      note: 'the same',
      attributes: { tier: 'gold' },
      extensions: { revio: { finance: { bill_profile_id: 1 } } },
    });
  }
});
afterAll(() => service.stop());

interface Lists {
  /** Asks for a list by a query. */
  list(query: string): Promise<Answer>;
  customers(answer: Answer): JsonObject[];
  /** Queries that no index answers. */
  unindexed: string[];
  /** The same, narrowed by an index to one customer. */
  narrowed: string[];
  /** The queries of a walk through the whole list, two customers at a time, and whether there is more. */
  page(walked: number, before: Answer | undefined): string;
  more(answer: Answer): boolean;
}

const lists: Record<string, Lists> = {
  native: {
    list: (query) => service.get(`/v1/customers?${query}`),
    customers: ({ body }) => body['customers'],
    unindexed: [],
    narrowed: ['name=ada&accountNumber=A-1', 'attributes.tier=gold&accountNumber=A-1'],
    page: (_walked, before) =>
      `country=sweden&limit=2${before ? `&pageToken=${before.body['nextPageToken']}` : ''}`,
    more: ({ body }) => body['nextPageToken'] !== undefined,
  },
  keypro: {
    list: (query) => keyproClient(service).get(`/customers/?${query}`),
    customers: ({ body }) => body['Results'],
    unindexed: [
      'note=the%20same',
      'language__isnull=true',
      'not__country=Norway',
      'customer_number__contains=A',
      'orderby=-customer_number',
    ],
    narrowed: ['country__isnull=false&customer_number=A-1'],
    page: (walked) => `limit=2&offset=${walked}`,
    more: ({ body }) => body['Next'] !== null,
  },
  revio: {
    list: (query) => revioSender(service)('GET', `?${query}`),
    customers: ({ body }) => body['records'],
    unindexed: ['finance.bill_profile_id=1', 'search.bill_profile_id=1'],
    narrowed: ['finance.bill_profile_id=1&account_number=A-1'],
    page: (walked) => `page_size=2&page=${walked / 2 + 1}`,
    more: ({ body }) => body['has_more'],
  },
  seamlessos: {
    list: (query) => seamlessosSender(service)('GET', `?${query}`),
    customers: ({ body }) => body['items'],
    unindexed: [
      'filter=preferredLocale==sv-SE',
      'filter=preferredLocale==sv-SE&cursor=',
      'filter=customerType==CONSUMER',
    ],
    narrowed: [
      'filter=name==Ada%201;preferredLocale==sv-SE',
      'filter=name==Ada%201;preferredLocale==sv-SE&cursor=',
    ],
    page: (_walked, before) => `limit=2&cursor=${before?.body['pagination'].nextCursor ?? ''}`,
    more: ({ body }) => body['pagination'].nextCursor !== null,
  },
  servitly: {
    list: (query) => servitly.get(`/v2/network/customers?${query}`),
    customers: ({ body }) => body['content'],
    unindexed: [
      'country=like;wede',
      'searchField=country&searchText=*wede*',
      'sort=name,ASC',
      'timezone=isEmpty',
    ],
    narrowed: ['country=like;wede&code=eq;A-1', 'sort=name,ASC&code=eq;A-1'],
    page: (walked) => `size=2&page=${walked / 2}`,
    more: ({ body }) => !body['last'],
  },
};

test('every list of every contract is here', () => {
  const listing = contracts.filter(({ routes }) =>
    routes.some(({ method, scopes }) => method === 'GET' && scopes.includes('customer:list')),
  );
  expect(Object.keys(lists)).toEqual(listing.map(({ id }) => id));
});

describe.each(Object.entries(lists))('a list of %s', (_name, { list, customers, ...one }) => {
  test('that would have to look at too many is refused and says so, never cut', async () => {
    for (const query of one.unindexed) {
      const answer = await list(query);
      expect(answer.status, query).toBe(400);
      expect(answer.text).toContain(`more than ${most} customers; narrow it by an exact filter`);
    }
  });

  test('is answered where an index narrows it', async () => {
    for (const query of one.narrowed) {
      const answer = await list(query);
      expect([answer.status, customers(answer).length], query).toEqual([200, 1]);
    }
  });

  test('by number is whole, however long', async () => {
    const walked: JsonObject[] = [];
    let before: Answer | undefined;
    do {
      before = await list(one.page(walked.length, before));
      expect(before.status, before.text).toBe(200);
      walked.push(...customers(before));
    } while (one.more(before));
    const ids = walked.map(({ id, customerId, customer_id: number }) => id ?? customerId ?? number);
    expect([ids.length, new Set(ids).size]).toEqual([size, size]);
  });
});
