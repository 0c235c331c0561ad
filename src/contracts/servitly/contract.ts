import type { Contract } from '../contract.ts';
import { mappedCustomer } from '../mapped-customer.ts';
import { bearerToken, challenge } from './bearer.ts';
import { customerRoutes } from './customer-routes.ts';
import { errorReply, errorSchema } from './errors.ts';
import { examples } from './examples.ts';
import { listRoute } from './list-route.ts';
import { loginRoutes } from './login-routes.ts';
import { mapping } from './mapping.ts';
import { checkTenant } from './tenant-header.ts';

const id = 'servitly';
const customers = mappedCustomer(() => servitly, mapping);
const hourSeconds = 3600;

/** Servitly's API, as far as it is about customers (https://learn.servitly.com/apidocs). */
export const servitly: Contract = {
  id,
  title: 'Servitly API',
  description: 'Customers as the Servitly API has them.',
  prefix: '/servitly',
  mapping,
  routes: [...customerRoutes(customers), listRoute(customers), ...loginRoutes(id)],
  examples,
  securitySchemes: {
    bearer: { type: 'http', scheme: 'bearer', description: 'The JWT of a login with an API key.' },
  },
  // In the vendor's order: the tenant, then the key.
  ratePolicies: [
    {
      name: 'servitly-tenant-hour',
      quota: 'SERVITLY_RATE_LIMIT_TENANT_PER_HOUR',
      windowSeconds: hourSeconds,
      per: 'tenant',
    },
    {
      name: 'servitly-key-hour',
      quota: 'SERVITLY_RATE_LIMIT_KEY_PER_HOUR',
      windowSeconds: hourSeconds,
      per: 'key',
      boundKeysOnly: true,
    },
    {
      name: 'servitly-key-month',
      quota: 'SERVITLY_RATE_LIMIT_KEY_PER_MONTH',
      windowSeconds: 30 * 24 * hourSeconds,
      per: 'key',
    },
  ],
  errorSchema,
  errorMediaType: 'application/json',
  challenge,
  credential(header) {
    const token = bearerToken(header);
    return token === undefined ? undefined : { token };
  },
  admit: ({ tenant }, header) => checkTenant(tenant, header),
  renderRefusal: errorReply,
};
