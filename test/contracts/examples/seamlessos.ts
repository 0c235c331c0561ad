import { seamlessos } from '../../../src/contracts/seamlessos/contract.ts';
import { mapping } from '../../../src/contracts/seamlessos/mapping.ts';
import { updateSchema } from '../../../src/contracts/seamlessos/schemas.ts';
import type { ExampleCall } from '../../access/example-call.ts';
import type { ContractExample } from '../contract-example.ts';
import { newCustomer, seamlessosHeaders } from '../seamlessos/client.ts';

const all = '/seamlessos/customers';
const send = (method: string, path: string, body: unknown): ExampleCall => ({
  method,
  path,
  body,
  contentType: 'application/json',
});

const address = {
  street1: '500 S Main St',
  street2: 'Apt 1',
  city: 'Natick',
  zip: '01701',
  country: 'US',
  state: 'MA',
  region: 'New England',
  attention: 'Accounts',
};

/** What the suite of all contracts has to know of SeamlessOS. */
export const seamlessosExample: ContractExample = {
  contract: seamlessos,
  mapping,
  headersOf: seamlessosHeaders,
  refused: ({ secret }) => [
    { way: 'nothing sent', headers: { authorization: '' }, status: 401 },
    { way: 'an empty key', headers: { authorization: '', 'x-api-key': '' }, status: 401 },
    { way: 'the key as a user token alone', headers: { authorization: `Bearer ${secret}` }, status: 401 },
    { way: 'an unknown key', headers: { authorization: '', 'x-api-key': 'unknown' }, status: 401 },
    {
      way: 'a key beside another scheme',
      headers: { authorization: 'Basic YTpi', 'x-api-key': secret },
      status: 401,
    },
    {
      way: 'a key beside a token that is none',
      headers: { authorization: 'Bearer a.b.c', 'x-api-key': secret },
      status: 401,
    },
    {
      way: 'a key beside itself as a user token',
      headers: { authorization: `Bearer ${secret}`, 'x-api-key': secret },
      status: 401,
    },
  ],
  namedBy: 'id',
  calls: {
    read: (name) => ({ method: 'GET', path: `${all}/${name}` }),
    update: (name, members) => send('PATCH', `${all}/${name}`, members),
    replace: (name, document) => send('PUT', `${all}/${name}`, document),
    create: (members) => send('POST', all, { ...newCustomer, ...members }),
    list: () => ({ method: 'GET', path: all }),
    remove: null,
  },
  documentOf: ({ body }) => body,
  idempotency: {
    header: 'X-Idempotency-Key',
    inProgress: { status: 409, text: 'idempotency_key_locked' },
    mismatch: { status: 409, text: 'idempotency_key_mismatch' },
  },
  statuses: { 'validation-failed': 400 },
  changeWire: updateSchema,
  change: { member: 'preferredLocale', canonical: 'locale', values: ['sv-SE', 'en-US'] },
  several: { preferredLocale: 'de-DE', name: 'Ada King', contact: { msisdn: '+46701740630' } },
  wrong: { members: { preferredLocale: 'no locale' }, names: 'preferredLocale' },
  personal: { member: 'name', canonical: 'name', value: 'Ada King' },
  full: {
    name: 'Ada King',
    identity: '18151210-1234',
    preferredLocale: 'sv-SE',
    contact: { email: 'ada@example.org', msisdn: '+46701740630' },
    billing: {
      method: 'EMAIL_INVOICE',
      email: 'billing@example.org',
      address,
      currency: 'SEK',
      defaultPaymentProfileId: 'c1d2e3f4-a5b6-4890-9234-901234567890',
      autoPay: true,
    },
    shipping: {
      name: 'Ada King',
      msisdn: '+15551234567',
      address: { ...address, street1: '2 High Street' },
      instructions: 'Leave at front door',
    },
  },
  scopes: {
    read: ['customer:read'],
    update: ['customer:write'],
    replace: ['customer:write'],
    create: ['customer:write'],
    list: ['customer:list'],
    remove: ['customer:delete'],
  },
};
