import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startService, type TestService } from '../../support/service.ts';
import { logIn, namesIn, type ServitlyClient } from './client.ts';

let service: TestService;
let client: ServitlyClient;
beforeAll(async () => {
  service = await startService();
  client = await logIn(service);
  for (const customer of customers) await service.create({ kind: 'organisation', ...customer });
});
afterAll(() => service.stop());

const customers = [
  { name: 'FooBar', country: 'Italy', accountNumber: 'C000123', attributes: { tier: 'gold', size: '9' } },
  {
    name: 'Foo Bar Srl',
    country: 'Italy',
    timeZone: 'Europe/Rome',
    attributes: { tier: 'silver', size: '10' },
  },
  {
    name: 'Barfoo',
    country: 'Sweden',
    accountNumber: 'C000124',
    attributes: { size: '100', 'a.b;c*': 'x*y' },
  },
  { name: 'Ångström & Søn', country: 'sweden', timeZone: 'Europe/Stockholm', accountNumber: 'D1' },
  { country: 'Österreich', extensions: { servitly: { lastAccessTimestamp: 1578438000000 } } },
  { name: '', attributes: { tier: '' } },
];
const names = customers.map(({ name = null }) => name);
/** The places of the customers that a query finds, in the order of the answer. */
const found = async (query: Record<string, string> | [string, string][]): Promise<number[]> => {
  const answer = await client.list(query);
  expect(answer.status, answer.text).toBe(200);
  return namesIn(answer).map((name) => names.indexOf(name as string | null));
};
const refused = async (query: Record<string, string>) => {
  const { status, body } = await client.list(query);
  return [status, body['message']];
};

describe('GET /v2/network/customers gives the page object', () => {
  test('of all customers, in the order they were made', async () => {
    const { status, body } = await client.list({});
    const { content, ...page } = body;
    expect([status, page]).toEqual([
      200,
      {
        first: true,
        last: true,
        totalPages: 1,
        totalElements: 6,
        sort: null,
        numberOfElements: 6,
        size: 20,
        number: 0,
      },
    ]);
    const [first] = content as { id: string }[];
    expect(first).toEqual((await client.get(`/network/customers/${first?.id}`)).body);
    expect(await found({})).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test.each([
    ['0', { first: true, last: false, numberOfElements: 4, number: 0 }, [0, 1, 2, 3]],
    ['1', { first: false, last: true, numberOfElements: 2, number: 1 }, [4, 5]],
    ['2', { first: false, last: true, numberOfElements: 0, number: 2 }, []],
  ])('page %s of four', async (page, expected, places) => {
    const query = { size: '4', page };
    expect((await client.list(query)).body).toMatchObject({
      ...expected,
      size: 4,
      totalPages: 2,
      totalElements: 6,
    });
    expect(await found(query)).toEqual(places);
  });

  test('of what was found, and an empty one of nothing', async () => {
    const part = await client.list({ name: 'like;bar', size: '2', page: '1', sort: 'name,ASC' });
    expect(part.body).toMatchObject({ totalElements: 3, totalPages: 2, numberOfElements: 1, last: true });
    expect((await client.list({ name: 'Nobody' })).body).toEqual({
      content: [],
      first: true,
      last: true,
      totalPages: 0,
      totalElements: 0,
      sort: null,
      numberOfElements: 0,
      size: 20,
      number: 0,
    });
  });

  test.each([
    [{ size: '0' }, 'size must be a whole number from 1 to 1000'],
    [{ size: '1001' }, 'size must be a whole number from 1 to 1000'],
    [{ size: 'x' }, 'size must be a whole number from 1 to 1000'],
    [{ page: '-1' }, 'page must be a whole number from 0 to 1000000'],
  ])('but not for %j', async (query, cause) => {
    expect(await refused(query)).toEqual([400, `Bad request: ${cause}`]);
  });
});

describe('conditions', () => {
  test.each<[string, string, number[]]>([
    ['code', 'C000123', [0]],
    ['code', 'eq;C000123', [0]],
    ['code', 'eq;c000123', []],
    ['code', 'beginsWith;c0001', [0, 2]],
    ['name', 'eq;FooBar', [0]],
    ['name', 'FooBar', [0]],
    ['name', 'eq;Foo Bar', []],
    ['name', 'eq;Ångström & Søn', [3]],
    ['name', 'eq;', [5]],
    ['name', 'neq;FooBar', [1, 2, 3, 4, 5]],
    ['name', 'beginsWith;foo', [0, 1]],
    ['name', 'beginsWith;Foo B', [1]],
    ['name', 'beginsWith;Fo', [0, 1]],
    ['name', 'beginsWith;ångström & s', [3]],
    ['name', 'beginsWith;', [0, 1, 2, 3, 5]],
    ['name', 'like;bar', [0, 1, 2]],
    ['name', 'like;foo*', [0, 1]],
    ['name', 'like;f*b*r', [0]],
    ['name', 'notLike;bar', [3, 4, 5]],
    ['name', 'gt;Foo', [0, 1, 3]],
    ['name', 'lte;FooBar', [0, 1, 2, 5]],
    ['name', 'isEmpty', [4, 5]],
    ['name', 'isEmpty;', [4, 5]],
    ['name', 'isNotEmpty', [0, 1, 2, 3]],
    ['country', 'Italy', [0, 1]],
    ['country', 'eq;Sweden', [2]],
    ['country', 'eq;Österreich', [4]],
    ['timezone', 'eq;Europe/Rome', [1]],
    ['timezone', 'isNotEmpty', [1, 3]],
    ['properties.tier', 'eq;gold', [0]],
    ['properties.tier', 'gold', [0]],
    ['properties.tier', 'neq;gold', [1, 2, 3, 4, 5]],
    ['properties.tier', 'isEmpty', [2, 3, 4, 5]],
    ['properties.size', 'gt;9', [1, 2]],
    ['properties.size', 'gte;9', [0, 1, 2]],
    ['properties.size', 'lt;100', [0, 1]],
    ['properties.size', 'lte;9.5', [0]],
    ['properties.a.b;c*', 'eq;x*y', [2]],
    ['properties.toString', 'isNotEmpty', []],
    ['creationTimestamp', 'gt;0', [0, 1, 2, 3, 4, 5]],
    ['creationTimestamp', 'lt;0', []],
    ['lastAccessTimestamp', 'gte;1578438000000', [4]],
    ['lastAccessTimestamp', 'gt;1578438000000', []],
    ['firstAccessTimestamp', 'isEmpty', [0, 1, 2, 3, 4, 5]],
  ])('%s=%s', async (name, predicate, places) => {
    expect(await found({ [name]: predicate })).toEqual(places);
  });

  test('must all hold', async () => {
    expect(await found({ country: 'Italy', 'properties.size': 'gt;9' })).toEqual([1]);
    expect(await found({ name: 'beginsWith;foo', code: 'isNotEmpty', country: 'eq;Italy' })).toEqual([0]);
    expect(await found({ country: 'Italy', code: 'D1' })).toEqual([]);
    expect(await found({ name: 'beginsWith;foo', searchText: '*srl', searchField: 'name' })).toEqual([1]);
  });

  test.each<[string, string, number[]]>([
    ['name', 'foo*', [0, 1]],
    ['name', '*foo*', [0, 1, 2]],
    ['name', '*foo', [2]],
    ['name', 'foobar', [0]],
    ['name', 'Foo Bar', []],
    ['name', 'f*bar*', [0, 1]],
    ['name', '*', [0, 1, 2, 3, 5]],
    ['country', 'SWEDEN', [2, 3]],
    ['code', 'c*123', [0]],
    ['timezone', 'europe/*', [1, 3]],
    ['properties.tier', 's*', [1]],
    ['properties.a.b;c*', 'x*y', [2]],
  ])('searchField=%s, searchText=%s', async (searchField, searchText, places) => {
    expect(await found({ searchField, searchText })).toEqual(places);
  });

  test.each([
    [{ searchText: 'foo*' }, 'searchField is required by searchText'],
    [
      { searchText: 'foo*', searchField: 'email' },
      'searchField must name one of code, name, country, timezone, creationTimestamp, firstAccessTimestamp, lastAccessTimestamp, properties.<name>',
    ],
    [
      { name: 'in;Foo' },
      'name must be one of beginsWith;, eq;, neq;, gt;, gte;, lt;, lte;, like;, notLike;, isEmpty, isNotEmpty before its value',
    ],
    [
      { country: 'isEmpty;x' },
      'country must be one of beginsWith;, eq;, neq;, gt;, gte;, lt;, lte;, like;, notLike;, isEmpty, isNotEmpty before its value',
    ],
    [{ email: 'eq;x' }, 'email is not a known parameter'],
  ])('are refused where they make no sense: %j', async (query, cause) => {
    expect(await refused(query)).toEqual([400, `Bad request: ${cause}`]);
  });

  test('are given once', async () => {
    const { status, body } = await client.list([
      ['name', 'A'],
      ['name', 'B'],
    ]);
    expect([status, body['message']]).toEqual([400, 'Bad request: name may be given once only']);
  });
});

describe('sort', () => {
  test.each<[[string, string][], string, number[]]>([
    [[['sort', 'name,ASC']], 'name,ASC', [4, 5, 3, 2, 1, 0]],
    [[['sort', 'name,DESC']], 'name,DESC', [0, 1, 2, 3, 5, 4]],
    [[['sort', 'name']], 'name,ASC', [4, 5, 3, 2, 1, 0]],
    [[['sort', 'creationTimestamp,desc']], 'creationTimestamp,DESC', [5, 4, 3, 2, 1, 0]],
    [[['sort', 'country,name,ASC']], 'country,ASC,name,ASC', [5, 1, 0, 4, 3, 2]],
    [
      [
        ['sort', 'country,DESC'],
        ['sort', 'code'],
      ],
      'country,DESC,code,ASC',
      [2, 3, 4, 1, 0, 5],
    ],
    [[['sort', 'properties.tier,DESC']], 'properties.tier,DESC', [1, 0, 5, 2, 3, 4]],
  ])('%j', async (query, told, places) => {
    expect((await client.list(query)).body['sort']).toBe(told);
    expect(await found(query)).toEqual(places);
    const pages = await Promise.all(
      [0, 1, 2].map((page) => found([...query, ['size', '2'], ['page', `${page}`]])),
    );
    expect(pages.flat()).toEqual(places);
  });

  test.each(['', 'ASC', 'email,ASC', 'name,UP', 'name,ASC,country', 'properties'])(
    'is refused where it makes no sense: %j',
    async (sort) => {
      const [status, message] = await refused({ sort });
      expect(status).toBe(400);
      expect(message).toMatch(/^Bad request: sort must name one of code, name, /);
    },
  );
});
