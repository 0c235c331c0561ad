import { floliveHeaders } from '../../contracts/flolive/client.ts';
import type { ContractExamples, ExampleCall, RouteExample, Target } from '../example-call.ts';

const at = ({ customerId }: Target): string => `/flolive/api/v2/customer/${customerId}`;
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
): ExampleCall => ({
  method,
  path,
  body,
  headers,
});
const created = { status: 'ACTIVE', currency: 'EUR' };
const statusOf = (version: string): RouteExample => {
  const path = (requestId: string) => `/flolive/api/${version}/global/call/${requestId}`;
  return {
    naming: ({ requestId, floliveRequestId }) => [get(path(requestId)), get(path(floliveRequestId))],
    allowed: [
      {
        scopes: ['customer:read'],
        status: 200,
        call: ({ floliveRequestId }) => get(path(floliveRequestId)),
      },
    ],
  };
};

const routes: Record<string, RouteExample> = {
  getCustomer: {
    naming: (target) => [get(at(target)), get(at(target), { 'if-none-match': '*' })],
    allowed: [{ scopes: ['customer:read'], status: 200, call: (target) => get(at(target)) }],
  },
  modifyCustomer: {
    naming: (target) => [
      send('PATCH', at(target), { name: 'Intruder' }),
      send('PATCH', at(target), { contact: { id: target.customerId, role: 'NONE' } }),
      send('PATCH', at(target), { name: 'Intruder' }, { 'if-match': '"1"' }),
      send('PATCH', at(target), { name: 'Intruder' }, { 'idempotency-key': `k-${target.customerId}` }),
    ],
    allowed: [
      {
        scopes: ['customer:write'],
        status: 200,
        call: (target) => send('PATCH', at(target), { name: 'Renamed' }),
      },
    ],
  },
  createCustomer: {
    naming: (target) => [send('POST', at(target), created)],
    allowed: [
      { scopes: ['customer:write'], status: 200, call: (target) => send('POST', at(target), created) },
    ],
  },
  getCallStatus: statusOf('v2'),
  getCallStatusWithId: statusOf('v3'),
};

/** floLIVE's routes, and how a caller shows its key there. */
export const floliveExamples: ContractExamples = { routes, headersOf: floliveHeaders };
