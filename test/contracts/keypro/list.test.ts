import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { range } from '../../support/answers.ts';
import { startService, type TestService } from '../../support/service.ts';
import { type KeyproClient, keyproClient } from './client.ts';
import { makeListed } from './listed-customers.ts';

let service: TestService;
let keypro: KeyproClient;
/** The ids of the listed customers, in their order. */
let ids: number[];
beforeAll(async () => {
  service = await startService();
  keypro = keyproClient(service);
  ids = await makeListed(keypro);
});
afterAll(() => service.stop());

/** The places of the customers that a query finds. */
const places = async (query: string): Promise<number[]> =>
  (await keypro.found(query)).map((id) => ids.indexOf(id));

describe('the order is', () => {
  test.each([
    ['', [0, 1, 2, 3]],
    ['id', [0, 1, 2, 3]],
    ['-id', [3, 2, 1, 0]],
    ['status', [0, 1, 2, 3]],
    ['-status', [3, 2, 0, 1]],
    ['status,-id', [1, 0, 2, 3]],
    ['coop_sum', [1, 0, 2, 3]],
    ['-coop_sum', [3, 2, 0, 1]],
    ['-country, customer_number', [3, 2, 0, 1]],
    ['is_sms_disabled,coop_date', [2, 0, 1, 3]],
    ['-date_modified', [3, 2, 1, 0]],
  ])('%s', async (orderby, found) => {
    expect(await places(`orderby=${encodeURIComponent(orderby)}`)).toEqual(found);
  });

  test('kept with filters and from part to part', async () => {
    expect(await places('orderby=-coop_sum&country=FI')).toEqual([0, 1]);
    expect(await places('orderby=-coop_sum&limit=2&offset=1')).toEqual([2, 0]);
  });
});

describe('parts', () => {
  const part = async (path: string) => {
    const { body } = await keypro.get(path);
    return { ...body, places: body['Results'].map(({ id }: { id: number }) => ids.indexOf(id)) } as {
      Next: string | null;
      Prev: string | null;
      places: number[];
    };
  };

  test('hold exactly Next, Prev and Results', async () => {
    const { body } = await keypro.get('/customers/');
    expect(Object.keys(body)).toEqual(['Next', 'Prev', 'Results']);
    expect(body['Results'][0]).toEqual((await keypro.get(`/customers/${ids[0]}/`)).body);
  });

  test.each([
    ['', [0, 1, 2, 3], [0, 1, 2, 3]],
    ['not__country=FI&orderby=-id&', [3, 2], [3, 2]],
  ])('follow each other by their links there and back: %s', async (query, there, back) => {
    const follow = async (link: 'Next' | 'Prev', from: string) => {
      const seen: number[] = [];
      let last = from;
      for (let url: string | null = from; url !== null; ) {
        expect(url.startsWith(`${service.address}/keypro/api/v2/customers/`)).toBe(true);
        last = url;
        const one = await part(url.slice(`${service.address}/keypro/api/v2`.length));
        if (link === 'Next') seen.push(...one.places);
        else seen.unshift(...one.places);
        url = one[link];
      }
      return { seen, last };
    };
    const base = `${service.address}/keypro/api/v2/customers/?${query}`;
    const forth = await follow('Next', `${base}limit=1`);
    expect(forth.seen).toEqual(there);
    expect((await follow('Prev', forth.last)).seen).toEqual(back);
  });

  test('begin and end without a link', async () => {
    expect(await part('/customers/?limit=4')).toMatchObject({ Next: null, Prev: null });
    expect(await part('/customers/?limit=3')).toMatchObject({ Next: expect.any(String), Prev: null });
    expect(await part('/customers/?limit=3&offset=3')).toMatchObject({ Next: null, places: [3] });
    expect(await part('/customers/?offset=2147483647')).toMatchObject({ Next: null, places: [] });
  });

  test('link in the scheme of a proxy before the service', async () => {
    const links = async (proto: string) => {
      const headers = { 'x-forwarded-proto': proto };
      return (await keypro.send('GET', '/customers/?limit=1&offset=1', { headers })).body['Next'];
    };
    expect(await links('https')).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/keypro\/api\/v2\/customers\/\?/);
    expect(await links('javascript')).toMatch(/^http:\/\//);
    // Of several proxies the first was nearest to the caller.
    expect(await links('https,http')).toMatch(/^https:\/\//);
    expect(await links(' HTTPS , http')).toMatch(/^https:\/\//);
    expect(await links('http, https')).toMatch(/^http:\/\//);
    expect(await links('')).toMatch(/^http:\/\//);
  });

  test('of -1 are the largest there are', async () => {
    const other = keyproClient(await service.otherTenant());
    for (const _ of range(102)) await other.create({});
    expect((await other.found('')).length).toBe(100);
    expect((await other.found('limit=-1')).length).toBe(102);
    expect((await other.found('limit=-1&status__isnull=true')).length).toBe(102);
  });
});

test('a bound key finds its own customers alone', async () => {
  const parent = await service.create();
  const child = await service.create({ kind: 'person', parentId: parent['id'] });
  const bound = keyproClient(await service.withKey({ customerId: parent['id'] }));
  const family = [parent['number'], child['number']];
  for (const query of ['', 'orderby=id', 'orderby=-id&id__gt=0', 'not__status=1']) {
    expect((await bound.found(query)).sort()).toEqual(family);
  }
});
