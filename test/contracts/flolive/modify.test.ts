import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/schema/json.ts';
import { startService, type TestService } from '../../support/service.ts';
import { type Flolive, floliveClient, nakOf, notUpdated } from './client.ts';

let service: TestService;
let flolive: Flolive;
beforeAll(async () => {
  service = await startService();
  flolive = floliveClient(service);
});
afterAll(() => service.stop());

const make = async (data: object = { kind: 'person', name: 'Saab' }): Promise<string> =>
  (await service.create(data))['id'] as string;
const version = async (id: string) => (await service.get(`/v1/customers/${id}`)).body['version'];

test('the page’s example: an ACK, and the name is changed afterwards', async () => {
  const id = await make();
  const accepted = await flolive.modify(id, { name: 'Volvo' });
  expect([accepted.status, accepted.headers.get('content-type')]).toEqual([
    200,
    'application/json; charset=utf-8',
  ]);
  expect(accepted.body).toEqual({
    errorCode: '',
    errorMessage: '',
    content: [{ requestId: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) }],
    pageable: { page: 0, size: 10, totalPages: 1, totalElements: 1 },
  });
  expect(await flolive.ended(accepted)).toEqual({ status: 'SUCCESS' });
  expect((await flolive.customer(id))['name']).toBe('Volvo');
});

const elements: JsonObject = {
  type: 'BUSINESS',
  name: 'Volvo',
  allowOfferDelegation: true,
  isAllowedImeiLock: true,
  vatRegistrationNumber: 'SE556012579001',
  invoiceConfiguration: {
    chargeByActive: 'IMSI',
    activityIndication: 'DATA_CONSUMPTION',
    deviceCost: 19.99,
    deliveryMethod: 'POSTAL',
    paymentDueAfterInvoiceIssued: 10,
    paymentDueUnits: 'DAYS',
    vat: 25,
    invoiceText: 'Thank you',
  },
  campaign: [1, 2, 3],
  customFields: [{ keyName: 'fleet', keyValue: 'north' }],
  mfaConfiguration: 'DISABLED',
};

test('the elements that are sent change, and no others', async () => {
  const id = await make();
  for (const [name, value] of Object.entries(elements)) {
    const before = await flolive.customer(id);
    expect(await flolive.modified(id, { [name]: value }), name).toEqual({ status: 'SUCCESS' });
    expect(await flolive.customer(id), name).toEqual({ ...before, [name]: value });
  }
  const later = { invoiceConfiguration: { vat: 12.5 } };
  await flolive.modified(id, later);
  expect((await flolive.customer(id))['invoiceConfiguration']).toEqual({
    ...(elements['invoiceConfiguration'] as JsonObject),
    vat: 12.5,
  });
});

test('an empty element sets NULL, whatever it is empty of', async () => {
  const id = await make();
  await flolive.modified(id, elements);
  const { status, ...nothing } = await flolive.modified(id, {
    name: '',
    type: null,
    vatRegistrationNumber: {},
    mfaConfiguration: [],
    campaign: [],
    customFields: [],
    invoiceConfiguration: { vat: '', deviceCost: null, chargeByActive: {} },
  });
  expect([status, nothing]).toEqual(['SUCCESS', {}]);
  const customer = await flolive.customer(id);
  for (const name of ['name', 'type', 'vatRegistrationNumber', 'mfaConfiguration', 'campaign'])
    expect(customer[name], name).toBe(null);
  expect(customer['customFields'] ?? []).toEqual([]);
  expect(customer['invoiceConfiguration']).toMatchObject({
    vat: null,
    deviceCost: null,
    chargeByActive: null,
    invoiceText: 'Thank you',
  });
  await flolive.modified(id, { invoiceConfiguration: {} });
  const none = Object.keys(customer['invoiceConfiguration']).map((name) => [name, null]);
  expect((await flolive.customer(id))['invoiceConfiguration']).toEqual(Object.fromEntries(none));
});

test('an object whose members are all unknown is not empty', async () => {
  const id = await make();
  await flolive.modified(id, elements);
  const accepted = await flolive.modify(id, { invoiceConfiguration: { colour: 'red' } });
  expect(accepted.headers.get('customary-ignored')).toBe('invoiceConfiguration.colour');
  expect(await flolive.ended(accepted)).toEqual({ status: 'SUCCESS' });
  expect((await flolive.customer(id))['invoiceConfiguration']).toEqual(elements['invoiceConfiguration']);
});

test('a body without elements changes nothing', async () => {
  const id = await make();
  expect(await flolive.modified(id, {})).toEqual({ status: 'SUCCESS' });
  expect(await version(id)).toBe(1);
});

test('what is set at creation, and what the page does not know, is ignored and named', async () => {
  const id = await make({ kind: 'person', status: 'active', billing: { currency: 'SEK' } });
  const body = {
    customerId: 'x',
    status: 'SUSPEND',
    currency: 'nonsense',
    isImeiLockEnabled: true,
    logo: 'x.png',
  };
  const accepted = await flolive.modify(id, body);
  expect(accepted.headers.get('customary-ignored')?.split(', ').sort()).toEqual(Object.keys(body).sort());
  expect(await flolive.ended(accepted)).toEqual({ status: 'SUCCESS' });
  expect(await version(id)).toBe(1);
});

describe('a custom field', () => {
  test('is named by its key; the others stay', async () => {
    const id = await make({ kind: 'person', attributes: { fleet: 'north', depot: '7' } });
    const fields = async () =>
      Object.fromEntries(
        (await flolive.customer(id))['customFields'].map((one: JsonObject) => [
          one['keyName'],
          one['keyValue'],
        ]),
      );
    await flolive.modified(id, { customFields: { keyName: 'fleet', keyValue: 'south' } });
    expect(await fields()).toEqual({ fleet: 'south', depot: '7' });
    await flolive.modified(id, {
      customFields: [
        { keyName: 'depot', keyValue: '' },
        { keyName: 'gate', keyValue: 'B' },
      ],
    });
    expect(await fields()).toEqual({ fleet: 'south', gate: 'B' });
    expect((await service.get(`/v1/customers/${id}`)).body['attributes']).toEqual({
      fleet: 'south',
      gate: 'B',
    });
  });

  test('that is empty comes back as it was read, and stays', async () => {
    const attributes = { fleet: 'north', depot: '' };
    const id = await make({ kind: 'person', attributes });
    const read = await flolive.customer(id);
    expect(await flolive.modified(id, read)).toEqual({ status: 'SUCCESS' });
    expect((await service.get(`/v1/customers/${id}`)).body).toMatchObject({ version: 1, attributes });
  });

  test('may take the place of another where there are as many as there may be', async () => {
    const names = Array.from({ length: 200 }, (_, index) => `field-${index}`);
    const id = await make({ attributes: Object.fromEntries(names.map((name) => [name, 'x'])) });
    const customFields = [
      { keyName: 'field-0', keyValue: '' },
      { keyName: 'another', keyValue: 'y' },
    ];
    expect(await flolive.modified(id, { customFields })).toEqual({ status: 'SUCCESS' });
    const { attributes } = (await service.get(`/v1/customers/${id}`)).body;
    expect([attributes['field-0'], attributes['another'], Object.keys(attributes).length]).toEqual([
      undefined,
      'y',
      200,
    ]);
    expect(await flolive.modified(id, { customFields: { keyName: 'field-0', keyValue: 'x' } })).toMatchObject(
      { status: 'FAILURE' },
    );
  });

  test('without a key, or with one twice, is refused', async () => {
    const id = await make();
    const twice = { keyName: 'a', keyValue: 'b' };
    expect(nakOf(await flolive.modify(id, { customFields: [{ keyValue: 'b' }] }))).toEqual(
      notUpdated('customFields[0].keyName is required'),
    );
    expect(nakOf(await flolive.modify(id, { customFields: [twice, twice] }))).toEqual(
      notUpdated('customFields[1].keyName names another entry of the list'),
    );
  });
});

test('one number stands for an array of campaigns', async () => {
  const id = await make();
  await flolive.modified(id, { campaign: 17 });
  expect((await flolive.customer(id))['campaign']).toEqual([17]);
});

test('the unit of payment is mandatory in a request with its number, and stays while there is one', async () => {
  const id = await make();
  const due = (invoiceConfiguration: object) => flolive.modify(id, { invoiceConfiguration });
  const days = { paymentDueAfterInvoiceIssued: 30 };
  const lacking = notUpdated(
    'invoiceConfiguration.paymentDueUnits is required with paymentDueAfterInvoiceIssued',
  );
  expect(nakOf(await due(days))).toEqual(lacking);
  const set = (invoiceConfiguration: object) => flolive.modified(id, { invoiceConfiguration });
  expect(await set({ ...days, paymentDueUnits: 'DAYS' })).toEqual({ status: 'SUCCESS' });
  for (const unit of [{}, { paymentDueUnits: '' }, { paymentDueUnits: null }])
    expect(nakOf(await due({ ...days, ...unit }))).toEqual(lacking);
  expect(await set({ paymentDueUnits: '' })).toEqual({ status: 'FAILURE', reason: lacking[2] });
  expect(await set({ vat: 20 })).toEqual({ status: 'SUCCESS' });
  expect(await set({ paymentDueAfterInvoiceIssued: '', paymentDueUnits: '' })).toEqual({ status: 'SUCCESS' });
});

test('decimals are kept exactly, as numbers and as texts; a number that would be rounded is refused', async () => {
  const id = await make();
  const set = (text: string, member = 'deviceCost') =>
    flolive.modify(id, `{"invoiceConfiguration":{"${member}":${text}}}`, { contentType: 'application/json' });
  const shown = async (member = 'deviceCost') => (await flolive.customer(id))['invoiceConfiguration'][member];
  const kept: [sent: string, shown: unknown][] = [
    ['0.1', 0.1],
    ['"0.10"', 0.1],
    ['1e-7', 1e-7],
    ['-3.5', -3.5],
    ['9007199254740991', 9007199254740991],
    ['0.30000000000000004', 0.30000000000000004],
    ['"12345678901234567890.123456789012345678"', '12345678901234567890.123456789012345678'],
  ];
  for (const [sent, expected] of kept) {
    expect(await flolive.ended(await set(sent)), sent).toEqual({ status: 'SUCCESS' });
    expect(await shown(), sent).toBe(expected);
  }
  for (const member of ['deviceCost', 'vat']) {
    expect(nakOf(await set('12345678901234.56789', member))).toEqual(
      notUpdated(`invoiceConfiguration.${member} has more digits than a number keeps, send it as a text`),
    );
  }
  expect((await set('12345678901234567890')).status).toBe(400);
});

test('the tax has no upper limit, and is not negative', async () => {
  const id = await make();
  const vat = (value: unknown) => flolive.modify(id, { invoiceConfiguration: { vat: value } });
  for (const value of [0, 100, 1e15, '9'.repeat(40)]) {
    expect(await flolive.ended(await vat(value))).toEqual({ status: 'SUCCESS' });
    expect((await flolive.customer(id))['invoiceConfiguration']['vat']).toBe(value);
  }
  for (const value of [-0.01, '-1', 'much']) expect((await vat(value)).status).toBe(400);
});

test('the invoice’s text has at most 60 bytes of UTF-8', async () => {
  const id = await make();
  const text = (invoiceText: string) => flolive.modify(id, { invoiceConfiguration: { invoiceText } });
  for (const fits of ['a'.repeat(60), 'ä'.repeat(30), '👍'.repeat(15)])
    expect(await flolive.ended(await text(fits))).toEqual({ status: 'SUCCESS' });
  for (const long of [`${'ä'.repeat(30)}a`, '👍'.repeat(16)]) {
    expect(nakOf(await text(long))).toEqual(
      notUpdated('invoiceConfiguration.invoiceText must have at most 60 bytes of UTF-8'),
    );
  }
});
