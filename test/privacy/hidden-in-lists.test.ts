import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from '../support/client.ts';
import { startService, type TestService } from '../support/service.ts';

const why = { 'customary-reason': 'test' };

let service: TestService;
let reader: Client;
beforeAll(async () => {
  service = await startService();
  reader = await service.withKey({ scopes: ['customer:read', 'customer:list'] });
});
afterAll(() => service.stop());

const hidden = { name: 'Hidden Person', email: 'hidden@example.org', phone: '+358401234567' };

test.each(['email=hidden%40example.org', 'phone=%2B358401234567', 'name=hidden', 'identifier=T-7'])(
  'a list by %s answers alike whether customers that may not be found have it, or nobody has',
  async (filter) => {
    const nobody = await reader.get(`/v1/customers?${filter.replace(/=.*/, '=zzz9')}&limit=1`);
    for (let count = 0; count < 3; count++) {
      const data = { ...hidden, kind: 'person', identifiers: { taxId: 'T-7' }, protectionLevel: 3 };
      await service.create(data, why);
    }
    for (const sort of ['number', '-number', 'updatedAt', '-updatedAt']) {
      const answer = await reader.get(`/v1/customers?${filter}&limit=1&sort=${sort}`);
      expect(answer.text).toBe(nobody.text);
    }
  },
);

test('pages of a list are full, each customer that may be found once, and end with the last of them', async () => {
  const right: number[] = [];
  for (let count = 0; count < 12; count++) {
    const protectionLevel = count % 3 === 1 ? 1 : 3;
    const data = { kind: 'person', name: 'Between', protectionLevel };
    const { number } = await service.create(data, why);
    if (protectionLevel === 1) right.push(number);
  }
  for (const sort of ['number', 'updatedAt']) {
    const found: number[] = [];
    let token: string | undefined;
    let pages = 0;
    do {
      const more: string = token === undefined ? '' : `&pageToken=${token}`;
      const { body } = await reader.get(`/v1/customers?name=between&limit=2&sort=${sort}${more}`);
      expect(body['customers']).toHaveLength(2);
      found.push(...body['customers'].map((one: { number: number }) => one.number));
      token = body['nextPageToken'];
      pages += 1;
    } while (token !== undefined);
    expect(found).toEqual(right);
    expect(pages).toBe(2);
  }
});

test('a bound key is told of no erasure of others, neither by a page nor by its token', async () => {
  const own = await service.create();
  const other = await service.create();
  const bound = await service.withKey({ customerId: own['id'], scopes: ['privacy:manage', 'customer:read'] });
  const erase = (id: string) =>
    service.send('POST', `/v1/customers/${id}/erasure`, { body: { reason: 'Asked for' } });
  expect((await erase(own['id'])).status).toBeLessThan(300);
  expect((await erase(other['id'])).status).toBeLessThan(300);
  expect((await erase((await service.create())['id'])).status).toBeLessThan(300);
  const { body } = await bound.get('/v1/erasures?limit=1');
  expect(body['erasures']).toHaveLength(1);
  expect(body['erasures'][0].customerId).toBe(own['id']);
  expect(body['nextPageToken']).toBeUndefined();
});

test('the export of a bound key names no parent that the key does not see, and one that it sees', async () => {
  const parent = await service.create({ kind: 'organisation' });
  const root = await service.create({ kind: 'organisation', parentId: parent['id'] });
  const child = await service.create({ kind: 'person', parentId: root['id'] });
  const scopes = ['customer:read', 'history:read', 'personal:read', 'privacy:manage'] as const;
  const bound = await service.withKey({ customerId: root['id'], scopes });
  const ofRoot = (await bound.get(`/v1/customers/${root['id']}/export`)).body;
  expect(ofRoot['parent']).toBeNull();
  const ofChild = (await bound.get(`/v1/customers/${child['id']}/export`)).body;
  expect(ofChild['parent']).toEqual({ id: root['id'], number: root['number'] });
});

test('what is masked is found by whole values and words, and no name is spelled out by its beginnings', async () => {
  const data = {
    kind: 'person',
    name: 'Ottilie Wildermuth',
    email: 'ottilie@example.org',
    phone: '+358409876543',
    identifiers: { taxId: 'T-8' },
    contacts: [{ firstName: 'Adelheid' }],
    protectionLevel: 2,
  };
  const { id, number } = await service.create(data);
  const found = async (filter: string) =>
    (await reader.get(`/v1/customers?${filter}`)).body['customers'].map((one: { id: string }) => one.id);
  for (const whole of [
    'name=Wildermuth',
    'name=ottilie%20wildermuth',
    'name=adelheid',
    'email=ottilie%40example.org',
    'phone=00358409876543',
    'identifier=T-8',
    `name=Ottilie&number=${number}`,
  ]) {
    expect(await found(whole), whole).toEqual([id]);
  }
  for (const part of ['name=wil', 'name=wildermut', 'name=ottilie%20wil', `name=ade&number=${number}`]) {
    expect(await found(part), part).toEqual([]);
  }
  const seeing = await service.get('/v1/customers?name=wildermut');
  expect(seeing.body['customers']).toHaveLength(1);
});
