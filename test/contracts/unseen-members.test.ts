import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Scope } from '../../src/access/scopes.ts';
import type { Client } from '../support/client.ts';
import { startService, type TestService } from '../support/service.ts';
import { keyproClient } from './keypro/client.ts';
import { faultsOf, patchOf, revioSender } from './revio/client.ts';
import { errorOf, newCustomer, seamlessosSender } from './seamlessos/client.ts';

const why = { 'customary-reason': 'Asked for in writing' };
const ordinary: Scope[] = ['customer:read', 'customer:write'];

let service: TestService;
let clerk: Client;
let writer: Client;
beforeAll(async () => {
  service = await startService();
  clerk = await service.withKey({ scopes: ordinary });
  writer = await service.withKey({ scopes: [...ordinary, 'personal:write'] });
});
afterAll(() => service.stop());

const make = async (protectionLevel: number, data: object): Promise<{ id: string; number: number }> => {
  const { id, number } = await service.create({ kind: 'person', name: 'Ada', ...data, protectionLevel }, why);
  return { id, number };
};
const stored = async (id: string) => (await service.get(`/v1/customers/${id}`)).body;

describe.each([2, 3])('at level %i a caller who may write and does not see', (level) => {
  test('changes one of several e-mail addresses, and the others stay', async () => {
    const { id } = await make(level, { email: 'a@x.example, b@x.example' });
    const body = { contact: { email: 'n@x.example' } };
    const answer = await seamlessosSender(writer)('PATCH', `/${id}`, { body, headers: why });
    expect([answer.status, (await stored(id))['email']]).toEqual([200, 'n@x.example, b@x.example']);
  });

  test('adds to a free object without taking the rest away', async () => {
    const { id } = await make(level, { metadata: { a: 1 } });
    expect((await writer.patch(id, { metadata: { b: 2 } }, why)).status).toBe(200);
    expect((await stored(id))['metadata']).toEqual({ a: 1, b: 2 });
  });
});

test('null takes away what is hidden, by the rules of its level', async () => {
  const { id, number } = await make(3, { phone: '+46701740605', note: 'N' });
  const seamlessos = (body: object, headers = {}) =>
    seamlessosSender(writer)('PATCH', `/${id}`, { body, headers });
  const withoutReason = await seamlessos({ contact: { msisdn: null } });
  expect(errorOf(withoutReason)).toEqual([403, 'FORBIDDEN', ['INVALID_VALUE contact.msisdn']]);
  const nameless = await seamlessos({ name: null }, why);
  expect(errorOf(nameless)).toEqual([400, 'VALIDATION_ERROR', ['FIELD_REQUIRED name']]);
  expect((await keyproClient(clerk).patch(number, { note: null }, why)).text).toMatch(
    /personal:write \(note\)/,
  );
  expect((await clerk.patch(id, { note: null }, why)).body).toMatchObject({
    status: 403,
    errors: [{ pointer: '/note', rule: 'personal:write' }],
  });
  expect((await seamlessos({ contact: { msisdn: null } }, why)).status).toBe(200);
  expect((await keyproClient(writer).patch(number, { note: null }, why)).status).toBe(200);
  const after = await stored(id);
  expect([after['name'], after['phone'] ?? null, after['note'] ?? null]).toEqual(['Ada', null, null]);
});

test('rules between members are judged on what is stored, whatever the caller sees of it', async () => {
  const { id } = await make(3, { billing: { method: 'eInvoice', email: 'a@x.example' } });
  const send = seamlessosSender(clerk);
  const patched = await send('PATCH', `/${id}`, { body: { billing: { method: 'EMAIL_INVOICE' } } });
  expect(patched.status).toBe(200);
  await send('PATCH', `/${id}`, { body: { billing: { method: 'E_INVOICE' } } });
  const replaced = await send('PUT', `/${id}/billing`, { body: { method: 'EMAIL_INVOICE' } });
  expect(replaced.status).toBe(200);
  expect((await stored(id))['billing']).toEqual({ method: 'email', email: 'a@x.example' });
  const other = await make(3, { billing: { method: 'eInvoice' } });
  const refused = await send('PATCH', `/${other.id}`, { body: { billing: { method: 'EMAIL_INVOICE' } } });
  expect(errorOf(refused)).toEqual([400, 'VALIDATION_ERROR', ['FIELD_REQUIRED billing.email']]);
});

test('an error names the address that was changed, made or taken away', async () => {
  const clerkSends = seamlessosSender(clerk);
  const none = await make(2, {});
  const made = await clerkSends('PATCH', `/${none.id}`, { body: { shipping: { name: 'z' } } });
  expect(errorOf(made)).toEqual([403, 'FORBIDDEN', ['INVALID_VALUE shipping']]);
  const both = await make(2, { addresses: [{ purpose: 'billing', line1: 'A' }] });
  const added = await clerkSends('PATCH', `/${both.id}`, { body: { shipping: { name: 'z' } } });
  expect(errorOf(added)).toEqual([403, 'FORBIDDEN', ['INVALID_VALUE shipping']]);
  const several = await make(2, {
    addresses: [
      { purpose: 'billing', line1: 'A' },
      { purpose: 'service', line1: 'B' },
      { purpose: 'service', line1: 'C' },
    ],
  });
  const serviceAlone = await make(2, { addresses: [{ purpose: 'service', line1: 'B' }] });
  for (const { number } of [several, serviceAlone]) {
    const patch = patchOf({ op: 'remove', path: '/service_address' });
    const removed = await revioSender(clerk)('PATCH', `/${number}`, patch);
    expect(faultsOf(removed)).toEqual([403, ['service_address']]);
  }
  const replaced = await revioSender(clerk)('PUT', `/${serviceAlone.number}`, { body: { kind: 'x' } });
  expect(faultsOf(replaced)).toEqual([403, ['service_address']]);
});

test('a mask that comes back to a caller who sees the value by now leaves it', async () => {
  const { id } = await make(1, {
    email: 'a@x.example, b@x.example',
    phone: '+46701740605',
    identifiers: { nationalId: '1' },
    addresses: [{ purpose: 'shipping', line1: 'Storgatan 1', country: 'SE' }],
  });
  const before = await stored(id);
  const body = {
    name: '***',
    identity: '***',
    contact: { email: '***', msisdn: '***' },
    billing: { email: '***', address: { street1: '***' } },
    shipping: { name: '***', address: { street1: '***', country: '***' } },
  };
  for (const method of ['PATCH', 'PUT'])
    expect(await seamlessosSender(writer)(method, `/${id}`, { body })).toMatchObject({ status: 200 });
  expect(await stored(id)).toEqual(before);
});

test('a mask makes no value of a new customer', async () => {
  const send = seamlessosSender(writer);
  const made = await send('POST', '', {
    body: { ...newCustomer, identity: '***', contact: { email: '***' } },
  });
  expect([made.status, made.body['identity'], made.body['contact']]).toEqual([201, undefined, undefined]);
  const nameless = await send('POST', '', { body: { ...newCustomer, name: '***' } });
  expect(errorOf(nameless)).toEqual([400, 'VALIDATION_ERROR', ['FIELD_REQUIRED name']]);
});
