import type { Contract } from '../contract.ts';
import { mappedCustomer } from '../mapped-customer.ts';
import { customerRoutes } from './customer-routes.ts';
import { errorReply, errorSchema } from './errors.ts';
import { examples } from './examples.ts';
import { listRoute } from './list-route.ts';
import { mapping } from './mapping.ts';
import { smallListRoutes } from './small-list-routes.ts';

const customers = mappedCustomer(() => keypro, mapping);

/** Keypro's customer API (KeyAqua), as far as it is about customers. */
export const keypro: Contract = {
  id: 'keypro',
  title: 'Keypro customer API',
  description: 'Customers as the customer API of Keypro (KeyAqua) has them.',
  prefix: '/keypro',
  mapping,
  trailingSlash: true,
  securitySchemes: {
    token: {
      type: 'apiKey',
      in: 'header',
      name: 'Authorization',
      description: 'The word `Token`, one space, and the secret of an API key.',
    },
  },
  routes: [listRoute(customers), ...customerRoutes(customers), ...smallListRoutes],
  examples,
  errorSchema,
  errorMediaType: 'application/json',
  challenge: 'Token',
  credential(header) {
    const authorization = header('authorization');
    if (!authorization) return undefined;
    const [, secret = ''] = /^Token (\S+)$/i.exec(authorization) ?? [];
    return { secret };
  },
  renderRefusal: errorReply,
};
