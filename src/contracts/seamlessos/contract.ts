import type { Contract } from '../contract.ts';
import { mappedCustomer } from '../mapped-customer.ts';
import { eventBody } from '../webhooks.ts';
import { customerRoutes } from './customer-routes.ts';
import { errorReply, errorSchema } from './errors.ts';
import { examples } from './examples.ts';
import { listRoute } from './list-route.ts';
import { mapping } from './mapping.ts';
import { customerSchema } from './schemas.ts';
import { showCustomer } from './view.ts';

const customers = mappedCustomer(() => seamlessos, mapping);

/** The customers of Telness Tech's SeamlessOS Connect API (its page "Update customer" and the calls beside it). */
export const seamlessos: Contract = {
  id: 'seamlessos',
  title: 'SeamlessOS Connect API',
  description:
    'Customers as the SeamlessOS Connect API has them. Beside the API key a call may show the token of a user as `Authorization: Bearer`; then it may do what both may, and sees what both see.',
  prefix: '/seamlessos',
  mapping,
  securitySchemes: {
    apiKey: {
      type: 'apiKey',
      in: 'header',
      name: 'X-API-Key',
      description: 'The secret of an API key.',
    },
  },
  routes: [listRoute, ...customerRoutes(customers)],
  examples,
  idempotency: { header: 'X-Idempotency-Key', maxLength: 256, exact: true },
  webhooks: {
    events: ['customer.created', 'customer.updated'],
    data: customerSchema,
    render: (event) => eventBody(event, showCustomer(event.customer, event.context)),
  },
  errorSchema,
  errorMediaType: 'application/json',
  challenge: 'ApiKey realm="SeamlessOS", header="X-API-Key"',
  credential(header) {
    const secret = header('x-api-key');
    return secret ? { secret } : undefined;
  },
  userCredential: {
    header: 'Authorization',
    find(header) {
      const authorization = header('authorization');
      if (!authorization) return undefined;
      const [, token] = /^Bearer +(\S+)$/i.exec(authorization) ?? [];
      return token === undefined ? { secret: '' } : { token };
    },
  },
  renderRefusal: errorReply,
};
