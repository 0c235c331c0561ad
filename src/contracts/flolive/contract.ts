import type { Contract } from '../contract.ts';
import { mappedCustomer } from '../mapped-customer.ts';
import { normalBody } from './body.ts';
import { customerRoutes } from './customer-routes.ts';
import { nak } from './errors.ts';
import { examples } from './examples.ts';
import { mapping } from './mapping.ts';
import { refusedSchema } from './reply.ts';
import { requestRoutes } from './request-routes.ts';

const customers = mappedCustomer(() => flolive, mapping);

/** floLIVE's customer API, as far as it is about single customers (https://kb.flolive.net). */
export const flolive: Contract = {
  id: 'flolive',
  title: 'floLIVE customer API',
  description: 'Customers as the floLIVE customer API has them: changes are accepted and made afterwards.',
  prefix: '/flolive',
  mapping,
  normalise: normalBody,
  securitySchemes: {
    key: {
      type: 'http',
      scheme: 'bearer',
      description: 'An API key; the customer that it is bound to is the requester.',
    },
  },
  routes: [...customerRoutes(customers), ...requestRoutes],
  examples,
  errorSchema: refusedSchema,
  errorMediaType: 'application/json',
  challenge: 'Bearer realm="floLIVE"',
  credential(header) {
    const authorization = header('authorization');
    if (!authorization) return undefined;
    const [, secret = ''] = /^Bearer +(\S+)$/i.exec(authorization) ?? [];
    return { secret };
  },
  renderRefusal: nak,
};
