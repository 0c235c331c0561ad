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

const make = async (billing?: object): Promise<string> => {
  const { status, body, text } = await send('POST', '', {
    body: { ...newCustomer, ...(billing ? { billing } : {}) },
  });
  expect(status, text).toBe(201);
  return body['customerId'];
};
const billingOf = async (id: string) => (await send('GET', `/${id}`)).body['billing'];
const patch = (id: string, billing: unknown) => send('PATCH', `/${id}`, { body: { billing } });
const replace = (id: string, body: unknown, headers = {}) => send('PUT', `/${id}/billing`, { body, headers });

const profile = 'c1d2e3f4-a5b6-4890-9234-901234567890';
const address = { street1: 'Box 1', city: 'Stockholm', zip: '111 22', country: 'SE' };
const refused = (property: string) => [400, 'VALIDATION_ERROR', [`FIELD_REQUIRED ${property}`]];

describe('what one billing member needs of another', () => {
  test('an invoice by e-mail needs billing.email', async () => {
    const id = await make();
    expect(errorOf(await patch(id, { method: 'EMAIL_INVOICE' }))).toEqual(refused('billing.email'));
    expect(errorOf(await patch(id, { method: 'EMAIL_INVOICE', email: null }))).toEqual(
      refused('billing.email'),
    );
    expect((await patch(id, { method: 'EMAIL_INVOICE', email: 'b@example.org' })).status).toBe(200);
    expect(errorOf(await patch(id, { email: null }))).toEqual(refused('billing.email'));
    expect(await billingOf(id)).toEqual({ method: 'EMAIL_INVOICE', email: 'b@example.org' });
    expect((await patch(id, { method: 'E_INVOICE', email: null })).status).toBe(200);
  });

  test('an invoice on paper needs billing.address', async () => {
    const id = await make();
    for (const none of [undefined, null, {}, { street1: null }, { street1: '' }]) {
      const answer = await patch(id, {
        method: 'PAPER_INVOICE',
        ...(none === undefined ? {} : { address: none }),
      });
      expect(errorOf(answer), JSON.stringify(none)).toEqual(refused('billing.address'));
    }
    expect((await patch(id, { method: 'PAPER_INVOICE', address })).status).toBe(200);
    expect(errorOf(await patch(id, { address: null }))).toEqual(refused('billing.address'));
    expect(await billingOf(id)).toEqual({ method: 'PAPER_INVOICE', address });
  });

  test('automatic payment needs a payment profile', async () => {
    const id = await make();
    const needed = refused('billing.defaultPaymentProfileId');
    expect(errorOf(await patch(id, { autoPay: true }))).toEqual(needed);
    expect((await patch(id, { autoPay: false })).status).toBe(200);
    expect((await patch(id, { autoPay: true, defaultPaymentProfileId: profile })).status).toBe(200);
    expect(errorOf(await patch(id, { autoPay: true, defaultPaymentProfileId: null }))).toEqual(needed);
    expect(await billingOf(id)).toEqual({ autoPay: true, defaultPaymentProfileId: profile });
  });

  test('a payment profile of null turns automatic payment off', async () => {
    const id = await make({ autoPay: true, defaultPaymentProfileId: profile });
    expect((await patch(id, { defaultPaymentProfileId: null })).body['billing']).toEqual({ autoPay: false });
    const other = await make({ defaultPaymentProfileId: profile });
    expect((await patch(other, { defaultPaymentProfileId: null })).body).not.toHaveProperty('billing');
  });

  test('holds for a creation as well', async () => {
    for (const [billing, property] of [
      [{ method: 'EMAIL_INVOICE' }, 'billing.email'],
      [{ method: 'PAPER_INVOICE' }, 'billing.address'],
      [{ autoPay: true }, 'billing.defaultPaymentProfileId'],
    ] as const) {
      const answer = await send('POST', '', { body: { ...newCustomer, billing } });
      expect(errorOf(answer)).toEqual(refused(property));
    }
  });

  test('is not asked of a customer whom another contract left without, while nobody touches it', async () => {
    const { id } = await service.create({ kind: 'person', billing: { method: 'email', autoPay: true } });
    expect((await send('PATCH', `/${id}`, { body: { name: 'Ada' } })).status).toBe(200);
    expect((await patch(id, { currency: 'SEK' })).status).toBe(200);
    expect(errorOf(await patch(id, { method: 'PAPER_INVOICE' }))).toEqual(refused('billing.address'));
  });

  test('null clears all of it', async () => {
    const id = await make({
      method: 'PAPER_INVOICE',
      address,
      autoPay: true,
      defaultPaymentProfileId: profile,
    });
    expect((await patch(id, null)).body).not.toHaveProperty('billing');
  });
});

describe('PUT /customers/{customerId}/billing', () => {
  test('replaces the billing details, and answers with the whole customer', async () => {
    const id = await make({ method: 'PAPER_INVOICE', address, currency: 'SEK' });
    const { status, body, headers } = await replace(id, { method: 'EMAIL_INVOICE', email: 'b@example.org' });
    expect([status, headers.get('etag')]).toEqual([200, '"2"']);
    expect(body).toMatchObject({ customerId: id, ...newCustomer });
    expect(body['billing']).toEqual({ method: 'EMAIL_INVOICE', email: 'b@example.org' });
    expect(await billingOf(id)).toEqual(body['billing']);
    expect((await replace(id, {})).body).not.toHaveProperty('billing');
  });

  test('leaves what SeamlessOS cannot say, and the rest of the customer', async () => {
    const { id } = await service.create({
      kind: 'person',
      name: 'Ada',
      billing: { method: 'email', email: 'b@example.org', name: 'Accounts', country: 'SE' },
      addresses: [
        { purpose: 'billing', line1: 'Box 1', poBox: '1' },
        { purpose: 'service', line1: 'Hamngatan 1' },
      ],
    });
    await replace(id, { method: 'E_INVOICE', currency: 'EUR' });
    const { body } = await service.get(`/v1/customers/${id}`);
    expect(body).toMatchObject({ name: 'Ada', addresses: [{ poBox: '1' }, { line1: 'Hamngatan 1' }] });
    expect(body['addresses'][0]).not.toHaveProperty('line1');
    expect(body['billing']).toEqual({ method: 'eInvoice', currency: 'EUR', name: 'Accounts', country: 'SE' });
  });

  test('names the members of its own body in errors and in Customary-Ignored', async () => {
    const id = await make({ currency: 'SEK' });
    for (const [body, details] of [
      [{ method: 'EMAIL_INVOICE' }, ['FIELD_REQUIRED email']],
      [{ method: 'PAPER_INVOICE' }, ['FIELD_REQUIRED address']],
      [{ autoPay: true }, ['FIELD_REQUIRED defaultPaymentProfileId']],
      [{ address: { country: 'ZZ' } }, ['INVALID_VALUE address.country']],
      [{ currency: 1 }, ['INVALID_FORMAT currency']],
    ] as const) {
      expect(errorOf(await replace(id, body))).toEqual([400, 'VALIDATION_ERROR', details]);
    }
    expect(await billingOf(id)).toEqual({ currency: 'SEK' });
    const { headers } = await replace(id, { currency: 'EUR', iban: '1', address: { floor: '2' } });
    expect(headers.get('customary-ignored')).toBe('iban, address.floor');
  });

  test('is made on the version that If-Match names, and once under an idempotency key', async () => {
    const id = await make();
    const key = { 'x-idempotency-key': `billing-${id}` };
    const first = await replace(id, { currency: 'SEK' }, { 'if-match': '"1"', ...key });
    const again = await replace(id, { currency: 'SEK' }, { 'if-match': '"1"', ...key });
    expect([first.status, again.status, again.text]).toEqual([200, 200, first.text]);
    expect(errorOf(await replace(id, {}, { 'if-match': '"1"' }))[0]).toBe(412);
  });

  test('answers 404 where there is no such customer', async () => {
    expect(errorOf(await replace('018f0000-0000-7000-8000-000000000000', {}))).toEqual([
      404,
      'NOT_FOUND',
      [],
    ]);
  });
});
