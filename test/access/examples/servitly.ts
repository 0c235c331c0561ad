import { loginCall, servitlyHeaders } from '../../contracts/servitly/client.ts';
import type { ContractExamples, ExampleCall, RouteExample, Target } from '../example-call.ts';

const all = '/servitly/network/customers';
const list = '/servitly/v2/network/customers';
const at = ({ customerId }: Target): string => `${all}/${customerId}`;
const send = (
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): ExampleCall => ({ method, path, headers, ...(body === undefined ? {} : { body }) });
const readAndWrite = ['customer:read', 'customer:write'] as const;
const renamed = { name: 'intruder' };

const changes = (method: 'PUT' | 'PATCH'): RouteExample => ({
  naming: (target) => [
    send(method, at(target), renamed),
    send(method, at(target), renamed, { 'if-match': '*' }),
    send(method, at(target), renamed, { 'if-match': '"99"' }),
    send(method, at(target), renamed, { 'idempotency-key': `${method}-${target.customerId}` }),
  ],
  allowed: [{ scopes: readAndWrite, status: 200, call: (target) => send(method, at(target), renamed) }],
});

const routes: Record<string, RouteExample> = {
  getCustomer: {
    naming: (target) => [
      send('GET', at(target)),
      send('GET', at(target), undefined, { 'if-none-match': '*' }),
    ],
    allowed: [{ scopes: ['customer:read'], status: 200, call: (target) => send('GET', at(target)) }],
  },
  updateCustomer: changes('PUT'),
  patchCustomer: changes('PATCH'),
  createCustomer: {
    naming: () => [],
    allowed: [{ scopes: readAndWrite, status: 201, call: () => send('POST', all, { name: 'New' }) }],
  },
  deleteCustomer: {
    naming: (target) => [send('DELETE', at(target))],
    allowed: [{ scopes: ['customer:delete'], status: 204, call: (target) => send('DELETE', at(target)) }],
  },
  getAllCustomers: {
    naming: ({ word }) => [
      send('GET', `${list}?name=eq;${word}`),
      send('GET', `${list}?code=${word}`),
      send('GET', `${list}?name=like;${word}&sort=name,DESC`),
      send('GET', `${list}?searchField=name&searchText=${word}*`),
    ],
    allowed: [{ scopes: ['customer:list'], status: 200, call: () => send('GET', `${list}?size=1`) }],
  },
  patLogin: {
    naming: () => [],
    allowed: [{ scopes: [], status: 200, call: (_target, caller) => loginCall(caller) }],
  },
  // A login can be renewed once its token has expired, which no example waits for.
  renewToken: { naming: () => [], allowed: [] },
  logout: {
    naming: () => [],
    allowed: [{ scopes: [], status: 204, call: () => send('POST', '/servitly/identity/users/me/logout') }],
  },
};

/** Servitly's API. */
export const servitlyExamples: ContractExamples = { routes, headersOf: servitlyHeaders };
