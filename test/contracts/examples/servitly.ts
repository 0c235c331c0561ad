import { servitly } from '../../../src/contracts/servitly/contract.ts';
import { mapping } from '../../../src/contracts/servitly/mapping.ts';
import type { ExampleCall } from '../../access/example-call.ts';
import type { ContractExample, RefusedWay } from '../contract-example.ts';
import { servitlyHeaders } from '../servitly/client.ts';

const all = '/servitly/network/customers';
const at = (name: string): string => `${all}/${name}`;
const send = (method: string, path: string, body?: unknown): ExampleCall => ({
  method,
  path,
  ...(body === undefined ? {} : { body }),
});

/** What the suite of all contracts has to know of Servitly. */
export const servitlyExample: ContractExample = {
  contract: servitly,
  mapping,
  headersOf: servitlyHeaders,
  async refused(caller) {
    const { authorization = '', ...tenant } = await servitlyHeaders(caller);
    const [head, claims] = authorization.split('.');
    const ways: Record<string, string> = {
      'nothing sent': '',
      'another scheme': `Basic ${Buffer.from(`${caller.keyId}:${caller.secret}`).toString('base64')}`,
      'no token': 'Bearer',
      'two tokens': `${authorization} ${authorization}`,
      'no JWT': 'Bearer unknown',
      'an API key in the place of a token': `Bearer ${caller.secret}`,
      'another signature': `${head}.${claims}.${'A'.repeat(43)}`,
      'no signature': `${head}.${claims}.`,
    };
    return [
      ...Object.entries(ways).map(
        ([way, shown]): RefusedWay => ({ way, headers: { ...tenant, authorization: shown }, status: 401 }),
      ),
      { way: 'no tenant', headers: { authorization }, status: 400 },
      { way: 'another tenant', headers: { authorization, 'x-servitly-tenant': 'nobody' }, status: 403 },
    ];
  },
  namedBy: 'id',
  calls: {
    read: (name) => send('GET', at(name)),
    update: (name, members) => send('PATCH', at(name), members),
    replace: (name, document) => send('PUT', at(name), document),
    create: (members) => send('POST', all, members),
    list: () => send('GET', '/servitly/v2/network/customers'),
    remove: (name) => send('DELETE', at(name)),
  },
  documentOf: ({ body }) => body,
  idempotency: {
    header: 'Idempotency-Key',
    inProgress: { status: 409, text: 'Conflict: A request with this idempotency key is still running' },
    mismatch: { status: 409, text: 'Conflict: This idempotency key was used for another request' },
  },
  statuses: { 'validation-failed': 400 },
  change: { member: 'country', canonical: 'country', values: ['Italy', 'Sweden'] },
  several: { name: 'Ada Lovelace', country: 'Italy', properties: { foo: 'abc', bar: '123' } },
  wrong: { members: { timezone: 'Europe/Nowhere' }, names: 'timezone' },
  personal: { member: 'name', canonical: 'name', value: 'Ada Lovelace' },
  full: {
    name: 'Analytical Engines Inc.',
    country: 'Italy',
    timezone: 'Europe/Rome',
    properties: { foo: 'abc', bar: '123' },
  },
  scopes: {
    read: ['customer:read'],
    update: ['customer:read', 'customer:write'],
    replace: ['customer:read', 'customer:write'],
    create: ['customer:read', 'customer:write'],
    list: ['customer:list'],
    remove: ['customer:delete'],
  },
};
