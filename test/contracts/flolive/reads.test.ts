import { afterAll, beforeAll, expect, test } from 'vitest';
import { fullCustomer } from '../../support/full-customer.ts';
import { startService, type TestService } from '../../support/service.ts';
import { contentOf, type Flolive, floliveClient, nakOf, notUpdated } from './client.ts';

let service: TestService;
let flolive: Flolive;
beforeAll(async () => {
  service = await startService();
  flolive = floliveClient(service);
});
afterAll(() => service.stop());

const members = [
  'customerId',
  'status',
  'type',
  'name',
  'currency',
  'allowOfferDelegation',
  'isAllowedImeiLock',
  'isImeiLockEnabled',
  'vatRegistrationNumber',
  'contact',
  'address',
  'invoiceConfiguration',
  'campaign',
  'customFields',
  'mfaConfiguration',
];

test('a read answers with one customer in the page’s envelope, with its entity tag', async () => {
  const { id } = await service.create({ kind: 'organisation', name: 'Volvo' });
  const answer = await flolive.read(id);
  const { content, ...rest } = answer.body;
  expect([answer.status, answer.headers.get('etag')]).toEqual([200, '"1"']);
  expect(rest).toEqual({
    errorCode: '',
    errorMessage: '',
    pageable: { page: 0, size: 10, totalPages: 1, totalElements: 1 },
  });
  expect(content).toHaveLength(1);
  expect(content[0]).toMatchObject({ customerId: id, type: 'BUSINESS', name: 'Volvo' });
  expect((await flolive.read(id, { 'if-none-match': '"1"' })).status).toBe(304);
});

test('every customer has all members, and no member of another contract', async () => {
  for (const data of [{}, fullCustomer()]) {
    const { id } = await service.create(data);
    expect(Object.keys(await flolive.customer(id)).sort()).toEqual([...members].sort());
  }
});

test('what is mandatory is said of a customer that another contract made', async () => {
  const { id } = await service.create({});
  expect(await flolive.customer(id)).toMatchObject({
    status: 'ACTIVE',
    allowOfferDelegation: false,
    isAllowedImeiLock: false,
    isImeiLockEnabled: false,
  });
});

test('a customer is active or suspended', async () => {
  for (const [status, shown] of [
    ['active', 'ACTIVE'],
    ['suspended', 'SUSPEND'],
    ['prospect', 'SUSPEND'],
    ['pending', 'SUSPEND'],
    ['closed', 'SUSPEND'],
  ]) {
    const { id } = await service.create({ status });
    expect((await flolive.customer(id))['status'], status).toBe(shown);
    await flolive.modified(id, { name: 'Volvo', status: 'ACTIVE' });
    expect((await service.get(`/v1/customers/${id}`)).body['status']).toBe(status);
  }
});

test('a document that is read, edited and sent back changes what was edited', async () => {
  const { id } = await service.create(fullCustomer());
  const before = (await service.get(`/v1/customers/${id}`)).body;
  const customer = await flolive.customer(id);
  expect(await flolive.modified(id, customer)).toEqual({ status: 'SUCCESS' });
  expect((await service.get(`/v1/customers/${id}`)).body).toEqual(before);
  expect(await flolive.modified(id, { ...customer, name: 'Volvo' })).toEqual({ status: 'SUCCESS' });
  const { updatedAt: _updatedAt, ...after } = (await service.get(`/v1/customers/${id}`)).body;
  expect(after).toEqual({ ...after, ...{ ...before, name: 'Volvo', version: 2, updatedAt: undefined } });
});

test('how invoices are delivered is what our own API and the others call the billing method', async () => {
  const { id } = await service.create({});
  const shown = async () => (await flolive.customer(id))['invoiceConfiguration'].deliveryMethod;
  for (const [method, word] of [
    ['email', 'EMAIL'],
    ['paper', 'POSTAL'],
    ['eInvoice', 'EDI'],
    ['emailAndPaper', 'EMAIL'],
    ['none', null],
  ]) {
    await service.patch(id, { billing: { method } });
    expect(await shown(), method as string).toBe(word);
  }
  await flolive.modified(id, { invoiceConfiguration: { deliveryMethod: 'EMAIL' } });
  expect((await service.get(`/v1/customers/${id}`)).body['billing']).toEqual({ method: 'email' });
});

test('If-Match that makes no sense is refused', async () => {
  const { id } = await service.create({});
  const answer = await flolive.modify(id, {}, { headers: { 'if-match': 'nonsense' } });
  const [status, code, message] = nakOf(answer);
  expect([status, code]).toEqual(notUpdated('').slice(0, 2));
  expect(message).toContain('If-Match');
  expect(contentOf(await flolive.modify(id, {}, { headers: { 'if-match': '*' } }))).toBeDefined();
});
