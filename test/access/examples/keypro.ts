import type { ContractExamples, ExampleCall, RouteExample, Target } from '../example-call.ts';

const api = '/keypro/api/v2';
const one = ({ number }: Target): string => `${api}/customers/${number}/`;
const get = (path: string, headers: Record<string, string> = {}): ExampleCall => ({
  method: 'GET',
  path,
  headers,
});
const send = (
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): ExampleCall => ({ method, path, headers, ...(body === undefined ? {} : { body }) });
const rename = { country: 'renamed' };

const smallList = (name: string): RouteExample => ({
  naming: () => [],
  allowed: [{ scopes: ['customer:read'], status: 200, call: () => get(`${api}/${name}/`) }],
});

const routes: Record<string, RouteExample> = {
  listCustomers: {
    naming: (target) => [
      get(`${api}/customers/?id=${target.number}`),
      get(`${api}/customers/?customer_number=${target.word}`),
      get(`${api}/customers/?customer_number__contains=${target.word}`),
      get(`${api}/customers/?customer_name=${target.word}`),
      get(`${api}/customers/?customer_email=${target.word}@example.org`),
    ],
    allowed: [
      { scopes: ['customer:list'], status: 200, call: () => get(`${api}/customers/?limit=1`) },
      {
        scopes: ['customer:list'],
        status: 200,
        call: () => get(`${api}/customers/?not__status=3&orderby=-id&limit=-1`),
      },
    ],
  },
  createCustomer: {
    // A new customer names nobody.
    naming: () => [],
    allowed: [
      {
        scopes: ['customer:write'],
        status: 201,
        call: () => send('POST', `${api}/customers/`, { type: 1 }),
      },
    ],
  },
  getCustomer: {
    naming: (target) => [get(one(target)), get(one(target), { 'if-none-match': '*' })],
    allowed: [{ scopes: ['customer:read'], status: 200, call: (target) => get(one(target)) }],
  },
  updateCustomer: {
    naming: (target) => [
      send('PATCH', one(target), rename),
      send('PATCH', one(target), rename, { 'if-match': '*' }),
      send('PATCH', one(target), rename, { 'if-match': '"99"' }),
      send('PATCH', one(target), rename, { 'idempotency-key': `k-${target.customerId}` }),
    ],
    allowed: [
      { scopes: ['customer:write'], status: 200, call: (target) => send('PATCH', one(target), rename) },
    ],
  },
  replaceCustomer: {
    naming: (target) => [
      send('PUT', one(target), { type: 1 }),
      send('PUT', one(target), { type: 1 }, { 'if-match': '"1"' }),
    ],
    allowed: [
      { scopes: ['customer:write'], status: 200, call: (target) => send('PUT', one(target), { type: 1 }) },
    ],
  },
  deleteCustomer: {
    naming: (target) => [send('DELETE', one(target))],
    allowed: [{ scopes: ['customer:delete'], status: 204, call: (target) => send('DELETE', one(target)) }],
  },
  listCustomerStatuses: smallList('customer-statuses'),
  listCustomerTypes: smallList('customer-types'),
  listLanguages: smallList('languages'),
  listRestrictedTypes: smallList('restricted-types'),
};

/** Keypro. */
export const keyproExamples: ContractExamples = {
  routes,
  headersOf: ({ secret }) => ({ authorization: `Token ${secret}` }),
};
