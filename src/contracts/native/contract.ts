import type { Contract } from '../contract.ts';
import { tagged } from '../tagged.ts';
import { accessRoutes } from './access-routes.ts';
import { changeRoutes } from './change-routes.ts';
import { erasureRoutes } from './erasure-routes.ts';
import { problemMediaType, problemReply, problemSchema } from './errors.ts';
import { examples } from './examples.ts';
import { exportRoutes } from './export-routes.ts';
import { legalHoldRoutes } from './legal-hold-routes.ts';
import { readRoutes } from './read-routes.ts';
import { restrictionRoutes } from './restriction-routes.ts';
import { retentionRoutes } from './retention-routes.ts';
import { signingKeyRoute } from './signing-key-route.ts';
import { webhooks } from './webhooks.ts';

/** Our own API: everything the record can say. */
export const native: Contract = {
  id: 'native',
  title: 'Customary',
  description: 'The customer record: one record per customer, changed safely.',
  prefix: '/v1',
  openApiPath: '/openapi.json',
  securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'An API key.' } },
  routes: [
    ...tagged('Customers', [...readRoutes, ...changeRoutes(() => native)]),
    ...tagged('Data protection', [
      ...restrictionRoutes(() => native),
      ...exportRoutes(() => native),
      ...retentionRoutes,
      ...accessRoutes,
      signingKeyRoute,
      ...erasureRoutes(() => native),
      ...legalHoldRoutes(() => native),
    ]),
  ],
  examples,
  webhooks,
  errorSchema: problemSchema,
  errorMediaType: problemMediaType,
  challenge: 'Bearer',
  credential(header) {
    const [, token] = /^Bearer +(\S+)$/i.exec(header('authorization') ?? '') ?? [];
    const secret = token ?? header('x-api-key');
    return secret === undefined ? undefined : { secret };
  },
  renderRefusal: problemReply,
};
