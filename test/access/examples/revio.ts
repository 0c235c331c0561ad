import { revioHeaders } from '../../contracts/revio/client.ts';
import type { ContractExamples, ExampleCall, RouteExample, Target } from '../example-call.ts';

const json = 'application/json';
const jsonPatch = 'application/json-patch+json';
const all = '/revio/v1/Customers';
const at = ({ number }: Target): string => `${all}/${number}`;
const get = (path: string, headers: Record<string, string> = {}): ExampleCall => ({
  method: 'GET',
  path,
  headers,
});
const send = (
  method: string,
  path: string,
  body?: unknown,
  contentType = json,
  headers: Record<string, string> = {},
): ExampleCall => ({ method, path, headers, ...(body === undefined ? {} : { body, contentType }) });
const resource = [{ op: 'replace', path: '/source', value: 'renamed' }];

const routes: Record<string, RouteExample> = {
  listCustomers: {
    naming: ({ number, word }) => [
      get(`${all}?customer_id=${number}`),
      get(`${all}?parent_customer_id=${number}`),
      get(`${all}?email=${word}@example.org`),
      get(`${all}?account_number=${word}`),
      get(`${all}?search.account_number=${word}&search.page_size=500`),
    ],
    allowed: [{ scopes: ['customer:list'], status: 200, call: () => get(`${all}?page_size=1`) }],
  },
  getCustomer: {
    naming: (target) => [
      get(at(target)),
      get(at(target), { 'if-none-match': '*' }),
      get(at(target), { accept: 'text/html' }),
    ],
    allowed: [{ scopes: ['customer:read'], status: 200, call: (target) => get(at(target)) }],
  },
  createCustomer: {
    naming: ({ number }) => [send('POST', all, { parent_customer_id: Number(number) })],
    allowed: [
      { scopes: ['customer:write'], status: 201, call: () => send('POST', all, { source: 'a test' }) },
    ],
  },
  replaceCustomer: {
    naming: (target) => [
      send('PUT', at(target), { source: 'intruder' }),
      send('PUT', at(target), { source: 'intruder' }, 'text/json', { 'if-match': '"1"' }),
      send('PUT', at(target), { source: 'intruder' }, json, { 'idempotency-key': `k-${target.customerId}` }),
    ],
    allowed: [
      {
        scopes: ['customer:write'],
        status: 200,
        call: (target) => send('PUT', at(target), { source: 'renamed' }),
      },
    ],
  },
  patchCustomer: {
    naming: (target) => [
      send('PATCH', at(target), resource, jsonPatch),
      send('PATCH', at(target), [{ op: 'test', path: '/email', value: target.word }], jsonPatch),
      send('PATCH', at(target), resource, jsonPatch, { 'if-match': '"99"' }),
    ],
    allowed: [
      {
        scopes: ['customer:write'],
        status: 200,
        call: (target) => send('PATCH', at(target), resource, jsonPatch),
      },
    ],
  },
  deleteCustomer: {
    naming: (target) => [send('DELETE', at(target))],
    allowed: [{ scopes: ['customer:delete'], status: 200, call: (target) => send('DELETE', at(target)) }],
  },
};

/** Rev.io's routes, and how a caller shows its key there. */
export const revioExamples: ContractExamples = {
  routes,
  headersOf: revioHeaders,
};
