import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/schema/json.ts';
import { isReplay } from '../../support/answers.ts';
import { startService, type TestService } from '../../support/service.ts';
import { contentOf, type Flolive, floliveClient, nakOf } from './client.ts';

let service: TestService;
let flolive: Flolive;
let parent: string;
beforeAll(async () => {
  service = await startService();
  flolive = floliveClient(service);
  parent = (await service.create({ kind: 'organisation' }))['id'] as string;
});
afterAll(() => service.stop());

const least = { status: 'ACTIVE', currency: 'EUR' };
const contact = { role: 'NONE', mobilePhoneNumber: '+46701234567' };
/** A customer that was created of a body; its document. */
const created = async (body: object = {}, below = parent): Promise<JsonObject & Record<string, any>> => {
  const accepted = await flolive.create(below, { ...least, ...body });
  expect(await flolive.ended(accepted), accepted.text).toEqual({ status: 'SUCCESS' });
  return flolive.customer(contentOf(accepted)['customerId']);
};
const refusal = async (body: unknown) => nakOf(await flolive.create(parent, body));
const notCreated = (cause: string) => [400, 'CUSTOMER_1004', `Failed to create customer: ${cause}`];

test('is accepted with a request id and the id that the customer will have', async () => {
  const accepted = await flolive.create(parent, { ...least, name: 'Polestar' });
  expect(accepted.body).toEqual({
    errorCode: '',
    errorMessage: '',
    content: [{ requestId: expect.any(String), customerId: expect.any(String) }],
    pageable: { page: 0, size: 10, totalPages: 1, totalElements: 1 },
  });
  expect(await flolive.ended(accepted)).toEqual({ status: 'SUCCESS' });
  const { customerId } = contentOf(accepted);
  expect((await service.get(`/v1/customers/${customerId}`)).body).toMatchObject({
    id: customerId,
    parentId: parent,
    name: 'Polestar',
    status: 'active',
    billing: { currency: 'EUR' },
    version: 1,
  });
});

test('is made once under an idempotency key', async () => {
  const options = { headers: { 'idempotency-key': 'one customer' } };
  const [first, again] = [
    await flolive.create(parent, least, options),
    await flolive.create(parent, least, options),
  ];
  expect([isReplay(first), isReplay(again), again.text]).toEqual([false, true, first.text]);
});

describe('below', () => {
  test('the requester or a customer below it', async () => {
    const child = await service.create({ kind: 'person', parentId: parent });
    const bound = floliveClient(await service.withKey({ customerId: parent }));
    for (const below of [parent, child['id']]) {
      const accepted = await bound.create(below, least);
      expect(await bound.ended(accepted)).toEqual({ status: 'SUCCESS' });
      const { body } = await service.get(`/v1/customers/${contentOf(accepted)['customerId']}`);
      expect(body['parentId']).toBe(below);
    }
  });

  test('nobody else, who does not exist for the requester', async () => {
    const own = (await service.create({ kind: 'person', parentId: parent }))['id'];
    const bound = floliveClient(await service.withKey({ customerId: own }));
    const gone = await service.create();
    await service.remove(gone['id']);
    const elsewhere = await (await service.otherTenant()).create();
    for (const [client, below] of [
      [bound, parent],
      [flolive, gone['id']],
      [flolive, elsewhere['id']],
      [flolive, '0190b5a4-7c1e-7000-8000-2f6d3c0e9a11'],
      [flolive, 'nonsense'],
    ] as const) {
      const answer = await client.create(below, least);
      expect(nakOf(answer)).toEqual([404, 'CUSTOMER_1002', 'Customer does not exist']);
    }
  });
});

describe('what is mandatory', () => {
  test('is the status and the currency', async () => {
    expect(await refusal({})).toEqual(notCreated('status is required; currency is required'));
    expect(await refusal({ status: '', currency: null })).toEqual(
      notCreated('status is required; currency is required'),
    );
    expect(await refusal({ ...least, status: 'CLOSED' })).toEqual(
      notCreated('status must be one of ACTIVE, SUSPEND'),
    );
    expect((await created({ status: 'SUSPEND' }))['status']).toBe('SUSPEND');
  });

  test('is a currency of ISO 4217', async () => {
    for (const currency of ['ABC', 'eur', 'EURO', 'E1R', 978]) {
      const [status, code, message] = await refusal({ ...least, currency });
      expect([status, code, message.includes('currency')]).toEqual([400, 'CUSTOMER_1004', true]);
    }
    for (const currency of ['USD', 'GBP', 'SEK'])
      expect((await created({ currency }))['currency']).toBe(currency);
  });

  test('is the role of a contact, and a phone number', async () => {
    expect(await refusal({ ...least, contact: [contact, { ...contact, role: '' }] })).toEqual(
      notCreated('contact[1].role is required'),
    );
    expect(await refusal({ ...least, contact: { role: 'NONE' } })).toEqual(
      notCreated('contact[0].mobilePhoneNumber is required without landlinePhoneNumber'),
    );
  });

  test('is the unit of payment with its number', async () => {
    const invoiceConfiguration = { paymentDueAfterInvoiceIssued: 10 };
    expect(await refusal({ ...least, invoiceConfiguration })).toEqual(
      notCreated('invoiceConfiguration.paymentDueUnits is required with paymentDueAfterInvoiceIssued'),
    );
  });

  test('and a wrong value is refused at once, with nothing kept', async () => {
    const before = await service.database.query('SELECT request_id FROM request ORDER BY 1');
    const [status, code, message] = await refusal({ ...least, name: 1, mfaConfiguration: 'OFF' });
    expect([status, code]).toEqual([400, 'CUSTOMER_1004']);
    for (const name of ['name', 'mfaConfiguration']) expect(message).toContain(name);
    expect(await refusal([])).toEqual(notCreated('must be object'));
    expect(await service.database.query('SELECT request_id FROM request ORDER BY 1')).toEqual(before);
  });
});

describe('what is not provided', () => {
  test('has its default', async () => {
    expect(await created()).toMatchObject({
      type: 'PRIVATE',
      mfaConfiguration: 'MANDATORY',
      allowOfferDelegation: false,
      isAllowedImeiLock: false,
      isImeiLockEnabled: false,
      invoiceConfiguration: {
        chargeByActive: 'SIM',
        activityIndication: 'NETWORK_REGISTRATION',
        deviceCost: 0,
        deliveryMethod: 'EMAIL',
        paymentDueAfterInvoiceIssued: 30,
        paymentDueUnits: 'DAYS',
        vat: 0,
        invoiceText: null,
      },
    });
    expect(await created({ type: '', mfaConfiguration: null, invoiceConfiguration: {} })).toMatchObject({
      type: 'PRIVATE',
      mfaConfiguration: 'MANDATORY',
      invoiceConfiguration: { vat: 0 },
    });
  });

  test('has none where it is provided', async () => {
    const invoiceConfiguration = { vat: 25 };
    const body = {
      type: 'Business',
      mfaConfiguration: 'DISABLED',
      allowOfferDelegation: true,
      isAllowedImeiLock: true,
      invoiceConfiguration,
    };
    const customer = await created(body);
    expect(customer).toMatchObject({ ...body, type: 'BUSINESS' });
    expect(customer['invoiceConfiguration']).toMatchObject({ vat: 25, chargeByActive: null });
  });
});

describe('a contact and an address', () => {
  test('get their ids from the service; one that is sent is ignored and named', async () => {
    const id = '0190b5a4-7c1e-7000-8000-000000000001';
    const accepted = await flolive.create(parent, {
      ...least,
      contact: { id, ...contact },
      address: [{ id, city: 'Lund' }],
    });
    expect(accepted.headers.get('customary-ignored')).toBe('contact.id, address.id');
    await flolive.ended(accepted);
    const customer = await flolive.customer(contentOf(accepted)['customerId']);
    for (const list of ['contact', 'address']) {
      expect(customer[list]).toHaveLength(1);
      expect(customer[list][0].id).toMatch(/^[0-9a-f-]{36}$/);
      expect(customer[list][0].id).not.toBe(id);
    }
  });

  test('are primary as it is said, and the first where nothing is', async () => {
    const primaries = async (one: (isPrimary?: boolean) => object, list: string) => {
      const shown = async (...flags: (boolean | undefined)[]) =>
        (await created({ [list]: flags.map(one) }))[list].map((item: JsonObject) => item['isPrimary']);
      return [
        await shown(undefined),
        await shown(undefined, undefined),
        await shown(false, undefined),
        await shown(undefined, true),
      ];
    };
    const said = (isPrimary?: boolean) => (isPrimary === undefined ? {} : { isPrimary });
    const expected = [[true], [true, false], [false, true], [false, true]];
    expect(await primaries((flag) => ({ ...contact, ...said(flag) }), 'contact')).toEqual(expected);
    expect(await primaries((flag) => ({ city: 'Lund', ...said(flag) }), 'address')).toEqual(expected);
    expect(await refusal({ ...least, address: [{ isPrimary: true }, { isPrimary: true }] })).toEqual(
      notCreated('address[1].isPrimary may be true for one only'),
    );
    expect(await refusal({ ...least, address: { isPrimary: false } })).toEqual(
      notCreated('address[0].isPrimary must be true for one'),
    );
  });
});
