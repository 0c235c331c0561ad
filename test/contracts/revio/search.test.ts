import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/schema/json.ts';
import { startService, type TestService } from '../../support/service.ts';
import { faultsOf, revioSender, type Sender } from './client.ts';

let service: TestService;
let send: Sender;
const ids: number[] = [];
beforeAll(async () => {
  service = await startService();
  send = revioSender(service);
  const states = ['OPEN', 'PENDING', 'CLOSED', 'PROSPECT'];
  for (let count = 0; count < 24; count++) {
    const body = {
      status: states[count % 4] as string,
      suspended: count % 8 === 0,
      account_number: `ACC-${count}`,
      email: `c${count}@a.example,shared-${count % 3}@b.example`,
      finance: { bill_profile_id: count % 5 },
      ...(count > 20 ? { parent_customer_id: ids[0] as number } : {}),
    };
    ids.push((await send('POST', '', { body })).body['id']);
  }
});
afterAll(() => service.stop());

const found = async (query: string, sender = send): Promise<number[]> => {
  const { status, body } = await sender('GET', `?page_size=500&${query}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body['records'].map((one: JsonObject) => one['customer_id']);
};
const pageOf = async (query: string, sender: Sender): Promise<number[]> =>
  (await sender('GET', query)).body['records'].map((one: JsonObject) => one['customer_id']);
const why = { 'customary-reason': 'a test' };
const those = (judge: (count: number) => boolean) => ids.filter((_id, count) => judge(count));

describe('a list', () => {
  test('gives ten customers by their ids, how many they are and whether there are more', async () => {
    const { status, body } = await send('GET');
    expect(status).toBe(200);
    expect(Object.keys(body)).toEqual(['ok', 'has_more', 'record_count', 'records']);
    expect(body).toMatchObject({ ok: true, has_more: true, record_count: 10 });
    expect(body['records'].map((one: JsonObject) => one['customer_id'])).toEqual(ids.slice(0, 10));
    const { ok: _ok, links: _links, ...model } = (await send('GET', `/${ids[0]}`)).body;
    expect(body['records'][0]).toEqual(model);
  });

  test('is walked page by page, each customer once', async () => {
    const pages: JsonObject[][] = [];
    for (let page = 1; page <= 4; page++) {
      const { body } = await send('GET', `?page=${page}&search.page_size=9`);
      pages.push(body['records']);
      expect([body['record_count'], body['has_more']]).toEqual([[9, 9, 6, 0][page - 1], page < 3]);
    }
    expect(pages.flat().map((one) => one['customer_id'])).toEqual(ids);
    expect((await send('GET', '?page_size=24')).body['has_more']).toBe(false);
  });

  test('shows the parent by its id', async () => {
    const { body } = await send('GET', `?customer_id=${ids[23]}`);
    expect(body['records'][0].parent_customer_id).toBe(ids[0]);
  });

  test('of nobody is empty', async () => {
    expect((await send('GET', '?account_number=none')).body).toEqual({
      ok: true,
      has_more: false,
      record_count: 0,
      records: [],
    });
    expect(await found('parent_customer_id=2000000000')).toEqual([]);
  });
});

describe('a filter', () => {
  test('finds by the whole value, with and without the prefix', async () => {
    const filters: [string, number[]][] = [
      [`customer_id=${ids[5]}`, [ids[5] as number]],
      ['account_number=ACC-7', [ids[7] as number]],
      ['account_number=ACC-', []],
      ['email=c7@a.example', [ids[7] as number]],
      ['email=SHARED-1@b.example', those((count) => count % 3 === 1)],
      ['email=b.example', []],
      [`parent_customer_id=${ids[0]}`, ids.slice(21)],
      ['finance.bill_profile_id=3', those((count) => count % 5 === 3)],
      ['finance.bill_profile_id=0', those((count) => count % 5 === 0)],
      ['bill_profile_id=3', those((count) => count % 5 === 3)],
      ['status=PENDING', those((count) => count % 4 === 1)],
      ['status=CLOSED', those((count) => count % 4 === 2)],
      ['status=PROSPECT', those((count) => count % 4 === 3)],
    ];
    for (const [filter, expected] of filters) {
      expect(await found(filter), filter).toEqual(expected);
      expect(await found(`search.${filter}`), filter).toEqual(expected);
    }
  });

  test('by OPEN finds suspended accounts as well, page by page', async () => {
    const open = those((count) => count % 4 === 0);
    expect(await found('status=OPEN')).toEqual(open);
    const pages: number[] = [];
    for (const page of [1, 2, 3]) {
      const { body } = await send('GET', `?status=OPEN&page_size=2&page=${page}`);
      pages.push(...body['records'].map((one: JsonObject) => one['customer_id']));
      expect(body['has_more']).toBe(page < 3);
    }
    expect(pages).toEqual(open);
    for (const email of ['two@e.example', 'two@e.example']) await send('POST', '', { body: { email } });
    const { body } = await send('GET', '?status=OPEN&email=two@e.example&page_size=1');
    expect([body['record_count'], body['has_more']]).toEqual([1, true]);
  });

  test('by OPEN shows, and notes as shown, those of the page alone', async () => {
    const email = 'noted@e.example';
    const made: JsonObject[] = [];
    for (const status of ['active', 'suspended', 'active', 'suspended'])
      made.push(await service.create({ kind: 'person', status, email, protectionLevel: 3 }, why));
    const reader = await service.withKey({ name: 'pager', scopes: ['customer:list', 'personal:read'] });
    const list = revioSender(reader);
    for (const filter of [`email=${email}&`, '']) {
      const all = (await found('status=OPEN')).indexOf(made[0]?.['number'] as number);
      const page = filter === '' ? all / 2 + 2 : 2;
      expect(await pageOf(`?${filter}status=OPEN&page_size=2&page=${page}`, list)).toEqual(
        made.slice(2).map((one) => one['number']),
      );
    }
    const { body } = await service.get('/v1/accesses?principal=pager');
    expect(new Set(body['accesses'].map((one: JsonObject) => one['customerId']))).toEqual(
      new Set(made.slice(2).map((one) => one['id'])),
    );
  });

  test('and another must both hold', async () => {
    const both = those((count) => count % 4 === 0 && count % 5 === 0);
    expect(await found('status=OPEN&search.bill_profile_id=0')).toEqual(both);
    expect(await found(`email=shared-0@b.example&customer_id=${ids[1]}`)).toEqual([]);
  });

  test('finds an e-mail address of the customer itself alone', async () => {
    const address = 'contact@c.example';
    await service.create({ kind: 'person', contacts: [{ email: address }] });
    expect(await found(`email=${address}`)).toEqual([]);
  });

  test('tells nothing of what is masked', async () => {
    const made = await service.create({
      kind: 'person',
      email: 'hidden@d.example',
      protectionLevel: 2,
      extensions: { revio: { finance: { bill_profile_id: 77 } } },
    });
    const seeing = { scopes: ['customer:list', 'personal:read'] as const };
    const blind = { scopes: ['customer:list'] as const };
    for (const filter of ['email=hidden@d.example', 'bill_profile_id=77']) {
      expect(await found(filter, revioSender(await service.withKey(seeing)))).toEqual([made['number']]);
      expect(await found(filter, revioSender(await service.withKey(blind)))).toEqual([]);
      expect(await found(`email=***`, revioSender(await service.withKey(blind)))).toEqual([]);
    }
  });

  test('that is wrong is refused by its name', async () => {
    const wrong: [string, string][] = [
      ['status=ALL', 'status'],
      ['status=open', 'status'],
      ['customer_id=x', 'customer_id'],
      ['search.customer_id=2147483648', 'customer_id'],
      ['parent_customer_id=1.5', 'parent_customer_id'],
      ['bill_profile_id=-', 'bill_profile_id'],
      ['account_number=', 'account_number'],
      ['email=', 'email'],
      ['page=0', 'page'],
      ['page=x', 'page'],
      ['page_size=0', 'page_size'],
      ['page_size=501', 'page_size'],
      ['search.page_size=501', 'page_size'],
      ['email=a@b.example&search.email=a@b.example', 'email'],
      ['customer_id=1001&customer_id=1002', 'customer_id'],
      ['search.customer_id=1001&search.customer_id=1002', 'search.customer_id'],
      ['search.status=OPEN&search.status=CLOSED&search.status=OPEN', 'search.status'],
      ['email=a@b.example&email=a@b.example', 'email'],
      ['customer_id[]=1001&customer_id[]=1002', 'customer_id[]'],
      ['nickname=x', 'nickname'],
    ];
    for (const [query, field] of wrong) {
      expect(faultsOf(await send('GET', `?${query}`)), query).toEqual([400, [field]]);
    }
  });
});
