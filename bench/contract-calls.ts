import { customerIdOf } from './sample-customer.ts';

/** The contracts whose update call is measured. */
export type ContractName = 'seamlessos' | 'flolive' | 'keypro' | 'revio' | 'servitly';

/** Who calls. */
interface BenchCaller {
  origin: string;
  tenantName: string;
  keyId: string;
  secret: string;
}

/**
 * One contract's update call for the load generator. In `path` and `body` the load generator puts the customer and a
 * text that no other call has: `%012x` or `%d` stands for the number, `%s` for the text.
 */
interface ContractCall {
  method: string;
  path: string;
  headers: Record<string, string>;
  /** The name of the header with the idempotency key. */
  keyHeader: string;
  body: string;
}

/** The update call of each contract's page, changing one member. A replacing call says a whole small customer. */
export const contractCalls: Record<ContractName, (caller: BenchCaller) => Promise<ContractCall>> = {
  seamlessos: async ({ secret }) => ({
    method: 'PATCH',
    path: `/seamlessos/customers/${byId}`,
    headers: { 'X-API-Key': secret },
    keyHeader: 'X-Idempotency-Key',
    body: JSON.stringify({ shipping: { instructions: 'Called about %s' } }),
  }),
  flolive: async ({ secret }) => ({
    method: 'PATCH',
    path: `/flolive/api/v2/customer/${byId}`,
    headers: { Authorization: `Bearer ${secret}` },
    keyHeader: 'Idempotency-Key',
    body: JSON.stringify({ invoiceConfiguration: { invoiceText: 'Called about %s' } }),
  }),
  keypro: async ({ secret }) => ({
    method: 'PATCH',
    path: '/keypro/api/v2/customers/%d/',
    headers: { Authorization: `Token ${secret}` },
    keyHeader: 'Idempotency-Key',
    body: JSON.stringify({ note: 'Called about %s' }),
  }),
  revio: async ({ tenantName, keyId, secret }) => ({
    method: 'PUT',
    path: '/revio/v1/Customers/%d',
    headers: {
      Authorization: `Basic ${Buffer.from(`${keyId}@${tenantName}:${secret}`).toString('base64')}`,
    },
    keyHeader: 'Idempotency-Key',
    body: JSON.stringify({
      billing_address: { line_1: '1 High Street', city: 'Springfield', country_code: 'USA' },
      email: 'billing@example.org',
      status: 'OPEN',
      source: 'Called about %s',
    }),
  }),
  servitly: async (caller) => ({
    method: 'PUT',
    path: `/servitly/network/customers/${byId}`,
    headers: { Authorization: `Bearer ${await logIn(caller)}`, 'X-Servitly-Tenant': caller.tenantName },
    keyHeader: 'Idempotency-Key',
    body: JSON.stringify({
      name: 'Ada Lovelace',
      country: 'IT',
      timezone: 'Europe/Rome',
      properties: { about: 'Called about %s' },
    }),
  }),
};

const byId = customerIdOf(0).replace(/0{12}$/, '%012x');

const logIn = async ({ origin, tenantName, keyId, secret }: BenchCaller): Promise<string> => {
  const answer = await fetch(`${origin}/servitly/identity/users/patLogin`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-servitly-tenant': tenantName },
    body: JSON.stringify({ apiKey: keyId, pat: secret }),
  });
  return ((await answer.json()) as { token: string }).token;
};
