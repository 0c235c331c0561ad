import { newCustomer, seamlessosHeaders } from '../../contracts/seamlessos/client.ts';
import type { ContractExamples, ExampleCall, RouteExample, Target } from '../example-call.ts';

const all = '/seamlessos/customers';
const at = ({ customerId }: Target, below = ''): string => `${all}/${customerId}${below}`;
const get = (path: string, headers: Record<string, string> = {}): ExampleCall => ({
  method: 'GET',
  path,
  headers,
});
const send = (
  method: string,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): ExampleCall => ({ method, path, body, contentType: 'application/json', headers });

const rename = { preferredLocale: 'sv-SE' };

const changing = (method: string, below: string, body: object): RouteExample => ({
  naming: (target) => [
    send(method, at(target, below), body),
    send(method, at(target, below), body, { 'if-match': '"1"' }),
    send(method, at(target, below), body, { 'if-match': '"99"' }),
    send(method, at(target, below), body, {
      'x-idempotency-key': `k-${method}${below}-${target.customerId}`,
    }),
  ],
  allowed: [
    { scopes: ['customer:write'], status: 200, call: (target) => send(method, at(target, below), body) },
  ],
});

const routes: Record<string, RouteExample> = {
  listCustomers: {
    naming: ({ word, humanReadableId }) => [
      get(`${all}?filter=${word}`),
      get(`${all}?filter=${word}@example.org`),
      get(`${all}?filter=${humanReadableId}`),
      get(`${all}?filter=name==${word}`),
      get(`${all}?filter=contact.email==${word}@example.org&cursor=`),
      get(`${all}?filter=humanReadableId==${humanReadableId}`),
    ],
    allowed: [
      { scopes: ['customer:list'], status: 200, call: () => get(`${all}?limit=1`) },
      { scopes: ['customer:list'], status: 200, call: () => get(`${all}?limit=1&cursor=`) },
    ],
  },
  getCustomer: {
    naming: (target) => [get(at(target)), get(at(target), { 'if-none-match': '*' })],
    allowed: [{ scopes: ['customer:read'], status: 200, call: (target) => get(at(target)) }],
  },
  createCustomer: {
    naming: () => [],
    allowed: [{ scopes: ['customer:write'], status: 201, call: () => send('POST', all, newCustomer) }],
  },
  updateCustomer: changing('PATCH', '', rename),
  putCustomer: changing('PUT', '', rename),
  replaceBilling: changing('PUT', '/billing', { method: 'E_INVOICE' }),
};

/** The routes of SeamlessOS, and how a caller shows its key there. */
export const seamlessosExamples: ContractExamples = { routes, headersOf: seamlessosHeaders };
