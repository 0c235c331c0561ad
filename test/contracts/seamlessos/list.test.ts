import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startService, type TestService } from '../../support/service.ts';
import { errorOf, type Sender, seamlessosSender } from './client.ts';

let service: TestService;
let send: Sender;
const ids: string[] = [];
const customers = [
  {
    kind: 'person',
    name: 'Ada Lovelace',
    email: 'ada@example.org',
    phone: '+46 70 174 06 30',
    locale: 'sv-SE',
  },
  { kind: 'person', name: 'Grace Hopper', identifiers: { nationalId: '19061209-1234' }, locale: 'en-US' },
  {
    kind: 'organisation',
    name: 'Lovelace AB',
    contacts: [{ firstName: 'Ada', email: 'ada@example.org' }],
    billing: { email: 'ada@example.org', method: 'eInvoice' },
  },
  { kind: 'organisation', name: 'Hopper & Sons', metadata: { 'crm-id': '4711' }, phone: '+15551234567' },
  { kind: 'person', name: 'Zoë; Åsa==Öberg', identifiers: { taxId: '19061209-1234' }, locale: 'sv-SE' },
];
beforeAll(async () => {
  service = await startService();
  send = seamlessosSender(service);
  for (const data of customers) ids.push((await service.create(data))['id']);
});
afterAll(() => service.stop());

const list = (query: Record<string, string | number>) =>
  send('GET', `?${new URLSearchParams(query as Record<string, string>)}`);
/** The places of those that are found. */
const found = async (filter: string, other = {}): Promise<number[]> => {
  const { status, body, text } = await list({ filter, ...other });
  expect(status, text).toBe(200);
  return body['items'].map(({ customerId }: { customerId: string }) => ids.indexOf(customerId));
};

describe('by offset', () => {
  test('gives whole customers in the order of their creation, and counts them', async () => {
    const { status, body } = await send('GET');
    expect(status).toBe(200);
    expect(body['pagination']).toEqual({
      total: 5,
      limit: 100,
      offset: 0,
      sort: { key: 'createdAt', direction: 'asc' },
    });
    expect(body['items']).toEqual(
      await Promise.all(ids.map(async (id) => (await send('GET', `/${id}`)).body)),
    );
  });

  test('leaves out as many as offset says, and gives as many as limit allows', async () => {
    const { body } = await list({ offset: 3, limit: 1 });
    expect(body['items'].map(({ name }: { name: string }) => name)).toEqual(['Hopper & Sons']);
    expect(body['pagination']).toMatchObject({ total: 5, limit: 1, offset: 3 });
    expect((await list({ offset: 99 })).body).toMatchObject({ items: [], pagination: { total: 5 } });
  });

  test.each([
    [{ limit: 0 }, 'limit'],
    [{ limit: 1001 }, 'limit'],
    [{ limit: 'ten' }, 'limit'],
    [{ offset: -1 }, 'offset'],
    [{ cursor: '', offset: 1 }, 'offset'],
    [{ cursor: 'made up' }, 'cursor'],
    [{ unknown: 1 }, 'unknown'],
    [{ filter: 'nobody==x' }, 'filter'],
    [{ filter: 'customerType==PRIVATE' }, 'filter'],
    [{ filter: 'customerType==constructor' }, 'filter'],
    [{ filter: 'name==a;name==b' }, 'filter'],
    [{ filter: '%%' }, 'filter'],
  ] as [Record<string, string>, string][])('refuses %j and names %s', async (query, property) => {
    const [status, code, details] = errorOf(await list(query));
    expect([status, code, details.map((one) => one.split(' ')[1])]).toEqual([
      400,
      'VALIDATION_ERROR',
      [property],
    ]);
  });

  test('takes the most that the vendor takes', async () => {
    expect((await list({ limit: 1000 })).body['pagination'].limit).toBe(1000);
  });
});

describe('by cursor', () => {
  const walk = async (query: Record<string, string | number>): Promise<number[][]> => {
    const pages: number[][] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { status, body, text } = await list({ ...query, cursor });
      expect(status, text).toBe(200);
      expect(Object.keys(body['pagination'])).toEqual(['nextCursor']);
      pages.push(body['items'].map(({ customerId }: { customerId: string }) => ids.indexOf(customerId)));
      cursor = body['pagination'].nextCursor;
    }
    return pages;
  };

  test('gives each customer once, page after page, until nextCursor is null', async () => {
    expect(await walk({ limit: 2 })).toEqual([[0, 1], [2, 3], [4]]);
    expect(await walk({})).toEqual([[0, 1, 2, 3, 4]]);
    expect(await walk({ limit: 5 })).toEqual([[0, 1, 2, 3, 4]]);
  });

  test('goes on where it was also when it is filtered by what is not indexed', async () => {
    expect(await walk({ limit: 1, filter: 'preferredLocale==sv-SE' })).toEqual([[0], [4]]);
    expect(await walk({ limit: 1, filter: 'hopper' })).toEqual([[1], [3]]);
  });

  test('belongs to its list: another filter, another caller or another tenant cannot use it', async () => {
    const { body } = await list({ limit: 1, cursor: '' });
    const cursor = body['pagination'].nextCursor;
    const [other, bound] = [
      await service.otherTenant(),
      await service.withKey({ customerId: ids[0] as string }),
    ];
    const answers = [
      await list({ limit: 1, cursor, filter: 'hopper' }),
      ...(await Promise.all(
        [other, bound].map((one) => seamlessosSender(one)('GET', `?limit=1&cursor=${cursor}`)),
      )),
    ];
    for (const answer of answers) {
      expect(errorOf(answer)).toEqual([400, 'VALIDATION_ERROR', ['INVALID_VALUE cursor']]);
    }
  });
});

describe('a filter', () => {
  test.each([
    ['customerType==CONSUMER', [0, 1, 4]],
    ['customerType==BUSINESS;name==lovelace ab', [2]],
    ['customerType==business', [2, 3]],
    ['name==Ada Lovelace', [0]],
    ['name==Lovelace', []],
    ['name==Zoë; Åsa==Öberg', [4]],
    ['identity==19061209-1234', [1]],
    ['preferredLocale==sv-SE', [0, 4]],
    ['contact.email==ADA@example.org', [0]],
    ['contact.msisdn==+46701740630', [0]],
    ['contact.msisdn==+46 70 174 06 30', [0]],
    ['billing.method==E_INVOICE', [2]],
    ['metadata.crm-id==4711', [3]],
    ['customerType==BUSINESS;metadata.crm-id==4711', [3]],
    ['contactPersonUserId==u-1', []],
  ])('of conditions: %s', async (filter, expected) => {
    expect(await found(filter)).toEqual(expected);
  });

  test.each([
    ['lovel', [0, 2]],
    ['ada lovelace', [0]],
    ['ada@example.org', [0]],
    ['+46 70 174 06 30', [0]],
    ['19061209-1234', [1]],
    ['ada', [0]],
    ['nobody', []],
    [' ', [0, 1, 2, 3, 4]],
  ])('of a text, taken by its form: %j', async (filter, expected) => {
    expect(await found(filter)).toEqual(expected);
  });

  test('finds a phone number and an identity as GET shows them, and as they may be written else', async () => {
    const one = await service.otherTenant();
    const sendsTo = seamlessosSender(one);
    const data = { phone: '040 765 4321', country: 'FI', identifiers: { nationalId: 'FI12345678' } };
    const { id } = await one.create({ kind: 'person', name: 'Aino', ...data });
    const shown = (await sendsTo('GET', `/${id}`)).body;
    for (const filter of [
      `contact.msisdn==${shown.contact.msisdn}`,
      'contact.msisdn==+358407654321',
      '+358 40 765 4321',
      `identity==${shown.identity}`,
      shown.identity,
      'fi12345678',
    ]) {
      const { body } = await sendsTo('GET', `?${new URLSearchParams({ filter })}`);
      expect(
        body.items.map(({ customerId }: { customerId: string }) => customerId),
        filter,
      ).toEqual([id]);
    }
  });

  test('finds nobody by a mask', async () => {
    const one = await service.otherTenant();
    await one.create({ kind: 'person', name: 'Aino', phone: '040 765 4321', protectionLevel: 2 });
    const reader = await service.withKey({
      tenantId: one.tenantId,
      scopes: ['customer:read', 'customer:list'],
    });
    const [masked] = (await seamlessosSender(reader)('GET')).body.items;
    expect([masked.name, masked.contact.msisdn]).toEqual(['***', '***']);
    for (const filter of ['name==***', 'customerType==CONSUMER;contact.msisdn==***']) {
      const { status, body } = await seamlessosSender(reader)('GET', `?${new URLSearchParams({ filter })}`);
      expect([status, body.items], filter).toEqual([200, []]);
    }
  });

  test('of what a customer reads out', async () => {
    const { humanReadableId } = (await send('GET', `/${ids[1]}`)).body;
    expect(await found(humanReadableId)).toEqual([1]);
    expect(await found(humanReadableId.toLowerCase())).toEqual([1]);
    expect(await found(`humanReadableId==${humanReadableId}`)).toEqual([1]);
  });

  test('counts what it finds', async () => {
    const { body } = await list({ filter: 'preferredLocale==sv-SE', limit: 1, offset: 1 });
    expect([body['items'].length, body['pagination'].total]).toEqual([1, 2]);
  });

  test('tells nothing of what the caller may not see', async () => {
    const tenant = await service.otherTenant();
    await tenant.create({
      kind: 'person',
      name: 'Hidden Person',
      email: 'hidden@example.org',
      phone: '+46701740639',
      identifiers: { nationalId: '42-42' },
      metadata: { code: 'hidden' },
      protectionLevel: 2,
    });
    const blind = seamlessosSender(
      await service.withKey({ tenantId: tenant.tenantId, scopes: ['customer:list'] }),
    );
    const total = async (filter: string) => {
      const query = new URLSearchParams({ filter });
      return [
        (await seamlessosSender(tenant)('GET', `?${query}`)).body['pagination'].total,
        (await blind('GET', `?${query}`)).body['pagination'].total,
      ];
    };
    for (const filter of [
      'hidden',
      'hidden@example.org',
      '+46701740639',
      '42-42',
      'name==Hidden Person',
      'contact.email==hidden@example.org',
      'contact.msisdn==+46701740639',
      'identity==42-42',
      'metadata.code==hidden',
    ]) {
      expect(await total(filter), filter).toEqual([1, 0]);
    }
    expect((await blind('GET')).text).not.toMatch(/hidden/i);
  });
});
