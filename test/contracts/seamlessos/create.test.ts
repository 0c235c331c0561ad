import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startService, type TestService } from '../../support/service.ts';
import { errorOf, newCustomer, type Sender, seamlessosSender } from './client.ts';

let service: TestService;
let send: Sender;
beforeAll(async () => {
  service = await startService();
  send = seamlessosSender(service);
});
afterAll(() => service.stop());

const create = (body: object, headers = {}) => send('POST', '', { body, headers });

const whole = {
  customerType: 'BUSINESS',
  name: 'Analytical Engines AB',
  identity: '556677-8899',
  preferredLocale: 'sv-SE',
  contact: { email: 'post@example.org', msisdn: '+46701740630' },
  billing: { method: 'EMAIL_INVOICE', email: 'billing@example.org', currency: 'SEK' },
  shipping: { name: 'Lagret', address: { street1: 'Hamngatan 1', city: 'Malmö', country: 'SE' } },
  metadata: { crm: '4711', tags: ['vip'], nested: { a: 1 } },
};

describe('POST /customers', () => {
  test('creates a customer of all that it takes, and answers 201 with it, its tag and its place', async () => {
    const answer = await create({ ...whole, userIds: ['u-1', 'u-2', 'u-1'], contactPersonUserId: 'u-2' });
    const { status, headers, body } = answer;
    const { customerId, humanReadableId, createdAt, updatedAt, ...rest } = body;
    expect(status, answer.text).toBe(201);
    expect(rest).toEqual({
      ...whole,
      users: [
        { userId: 'u-1', role: 'MEMBER' },
        { userId: 'u-2', role: 'MEMBER' },
      ],
      contactPersonUserId: 'u-2',
      contactPerson: { userId: 'u-2', role: 'MEMBER' },
    });
    expect([headers.get('etag'), headers.get('location'), headers.get('customary-ignored')]).toEqual([
      '"1"',
      `/seamlessos/customers/${customerId}`,
      null,
    ]);
    expect(createdAt).toBe(updatedAt);
    const read = await send('GET', `/${customerId}`);
    expect([read.status, read.headers.get('etag'), read.body]).toEqual([200, '"1"', body]);
    expect((await service.get(`/v1/customers/${customerId}`)).body).toMatchObject({
      id: customerId,
      humanReadableId,
      kind: 'organisation',
      name: whole.name,
      identifiers: { nationalId: whole.identity },
      locale: 'sv-SE',
      email: 'post@example.org',
      phone: '+46701740630',
      metadata: whole.metadata,
    });
  });

  test('names as the contact person also who is none of its users', async () => {
    const { body } = await create({ ...newCustomer, contactPersonUserId: 'u-9' });
    expect([body['users'], body['contactPerson']]).toEqual([[], { userId: 'u-9', role: 'MEMBER' }]);
  });

  test('takes null as nothing, and names what it ignores', async () => {
    const { status, headers, body } = await create({
      ...newCustomer,
      contact: null,
      userIds: null,
      metadata: null,
      customerId: 'mine',
      humanReadableId: 'mine',
      users: [],
      unknown: 1,
    });
    expect([status, Object.keys(body).sort()]).toEqual([
      201,
      ['createdAt', 'customerId', 'customerType', 'humanReadableId', 'name', 'updatedAt', 'users'],
    ]);
    expect(headers.get('customary-ignored')).toBe('customerId, humanReadableId, users, unknown');
  });

  test.each([
    [{}, ['FIELD_REQUIRED customerType', 'FIELD_REQUIRED name']],
    [{ customerType: 'CONSUMER' }, ['FIELD_REQUIRED name']],
    [{ name: 'Ada', customerType: null }, ['FIELD_REQUIRED customerType']],
    [{ name: 'Ada', customerType: 'PRIVATE' }, ['INVALID_VALUE customerType']],
    [{ ...newCustomer, userIds: 'u-1' }, ['INVALID_FORMAT userIds']],
    [{ ...newCustomer, userIds: ['u-1', 2] }, ['INVALID_FORMAT userIds[1]']],
    [{ ...newCustomer, userIds: ['u'.repeat(101)] }, ['TOO_LONG userIds[0]']],
    [{ ...newCustomer, contactPersonUserId: 1 }, ['INVALID_FORMAT contactPersonUserId']],
    [{ ...newCustomer, metadata: 'text' }, ['INVALID_FORMAT metadata']],
    [{ ...newCustomer, contact: { msisdn: '1' } }, ['INVALID_FORMAT contact.msisdn']],
  ])('refuses %j and makes nothing', async (body, details) => {
    const before = (await send('GET', '?limit=1')).body['pagination'].total;
    expect(errorOf(await create(body))).toEqual([400, 'VALIDATION_ERROR', details]);
    expect((await send('GET', '?limit=1')).body['pagination'].total).toBe(before);
  });
});

describe('GET /customers/{customerId}', () => {
  test('answers 304 to whoever has this version', async () => {
    const { body } = await create(newCustomer);
    const known = await send('GET', `/${body['customerId']}`, { headers: { 'if-none-match': '"1"' } });
    expect([known.status, known.text, known.headers.get('etag')]).toEqual([304, '', '"1"']);
  });

  test.each(['018f0000-0000-7000-8000-000000000000', 'unknown', '1001'])('answers 404 to %s', async (id) => {
    for (const method of ['GET', 'PATCH', 'PUT']) {
      const answer = await send(method, `/${id}`, method === 'GET' ? {} : { body: {} });
      expect(errorOf(answer)).toEqual([404, 'NOT_FOUND', []]);
    }
  });
});
