import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startService, type TestService } from '../../support/service.ts';
import { errorOf, newCustomer, type Sender, seamlessosSender } from './client.ts';

let service: TestService;
let send: Sender;
let id: string;
beforeAll(async () => {
  service = await startService();
  send = seamlessosSender(service);
  id = (await send('POST', '', { body: newCustomer })).body['customerId'];
});
afterAll(() => service.stop());

const long = (length: number) => 'x'.repeat(length);
const profile = 'c1d2e3f4-a5b6-4890-9234-901234567890';
const [format, value, tooLong, required] = ['INVALID_FORMAT', 'INVALID_VALUE', 'TOO_LONG', 'FIELD_REQUIRED'];
const at = (path: string, one: unknown): object =>
  path.split('.').reduceRight<unknown>((inner, name) => ({ [name]: inner }), one) as object;

describe('a wrong value refuses the whole update, and the error names the member', () => {
  test.each([
    ['name', 1, format],
    ['name', long(301), tooLong],
    ['name', null, required],
    ['name', '', required],
    ['identity', ['1'], format],
    ['identity', long(101), tooLong],
    ['preferredLocale', 'not a locale', format],
    ['preferredLocale', 'sv_SE', format],
    ['preferredLocale', long(36), tooLong],
    ['contact', 'ada@example.org', format],
    ['contact.email', 'ada', format],
    ['contact.email', 'ada@example.org, b@example.org', format],
    ['contact.email', `${long(250)}@example.org`, tooLong],
    ['contact.msisdn', '0701740630', format],
    ['contact.msisdn', '+46 70 174 06 30', format],
    ['contact.msisdn', '+0701740630', format],
    ['contact.msisdn', '+1234567890123456', format],
    ['contact.msisdn', 46701740630, format],
    ['billing', [], format],
    ['billing.method', 'EMAIL', value],
    ['billing.method', 'email_invoice', value],
    ['billing.method', 1, format],
    ['billing.email', 'no-address', format],
    ['billing.address', 'Box 1', format],
    ['billing.address.street1', long(301), tooLong],
    ['billing.address.country', 'SWE', format],
    ['billing.address.country', 'se', format],
    ['billing.address.country', 'ZZ', value],
    ['billing.currency', 'kr', format],
    ['billing.currency', 'sek', format],
    ['billing.currency', 'QQQ', value],
    ['billing.defaultPaymentProfileId', '1', format],
    ['billing.autoPay', 'yes', format],
    ['shipping', true, format],
    ['shipping.name', long(301), tooLong],
    ['shipping.msisdn', '5559876543', format],
    ['shipping.address.country', 'Sweden', format],
    ['shipping.address.zip', 11122, format],
    ['shipping.instructions', long(2001), tooLong],
  ])('%s as %j: %s', async (property, wrong, code) => {
    const before = await send('GET', `/${id}`);
    for (const method of ['PATCH', 'PUT']) {
      const answer = await send(method, `/${id}`, { body: { identity: 'changed', ...at(property, wrong) } });
      const [status, error, details] = errorOf(answer);
      expect([status, error]).toEqual([400, 'VALIDATION_ERROR']);
      expect(details).toContain(`${code} ${property}`);
      expect(new Set(details.map((one) => one.split(' ')[1]))).toEqual(new Set([property]));
      if (typeof wrong === 'string' && wrong.length > 6) expect(answer.text).not.toContain(wrong);
    }
    const after = await send('GET', `/${id}`);
    expect([after.headers.get('etag'), after.text]).toEqual([before.headers.get('etag'), before.text]);
  });

  test('names every member that is wrong at once', async () => {
    const answer = await send('PATCH', `/${id}`, {
      body: { preferredLocale: 'x y', contact: { email: 'x' }, shipping: { address: { country: 'ZZ' } } },
    });
    expect(errorOf(answer)[2].sort()).toEqual([
      'INVALID_FORMAT contact.email',
      'INVALID_FORMAT preferredLocale',
      'INVALID_VALUE shipping.address.country',
    ]);
    const suggestions = answer.body['details'].map(({ suggestion }: { suggestion: string }) => suggestion);
    expect(suggestions.sort()).toEqual([
      'Write it like SE',
      'Write it like name@example.com',
      'Write it like sv-SE',
    ]);
  });

  test.each([[[]], ['text'], [null], [1]])('a body that is no object: %j', async (body) => {
    for (const [method, path] of [
      ['PATCH', `/${id}`],
      ['PUT', `/${id}`],
      ['PUT', `/${id}/billing`],
      ['POST', ''],
    ] as const) {
      const answer = await send(method, path, {
        body: JSON.stringify(body),
        contentType: 'application/json',
      });
      expect(errorOf(answer), `${method} ${path}`).toEqual([400, 'VALIDATION_ERROR', ['INVALID_FORMAT ']]);
    }
  });
});

describe('a right value is taken', () => {
  test.each([
    ['name', 'Åsa Öberg'],
    ['identity', '556677-8899'],
    ['preferredLocale', 'zh-Hant-TW'],
    ['contact.email', 'a.b+c@example.co.uk'],
    ['contact.msisdn', '+123456789012345'],
    ['billing.method', 'E_INVOICE'],
    ['billing.currency', 'JPY'],
    ['billing.address.country', 'GB'],
    ['billing.address.region', 'Kent'],
    ['billing.address.attention', 'Accounts'],
    ['billing.defaultPaymentProfileId', profile],
    ['billing.autoPay', true],
    ['shipping.address.state', 'CA'],
    ['shipping.address.street2', 'Apt 1'],
    ['shipping.instructions', 'Leave at front door'],
  ])('%s as %j', async (property, right) => {
    const { status, body } = await send('PATCH', `/${id}`, { body: at(property, right) });
    expect([status, property.split('.').reduce((inner, name) => inner[name], body)]).toEqual([200, right]);
  });
});
