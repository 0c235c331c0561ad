import type { Shown } from '../../access/credentials.ts';
import { Refusal } from '../../errors.ts';
import { accepts } from '../../headers/media-type.ts';
import type { Contract, Header } from '../contract.ts';
import { mappedCustomer } from '../mapped-customer.ts';
import { customerRoutes } from './customer-routes.ts';
import { withDefaults } from './defaults.ts';
import { errorReply, errorSchema } from './errors.ts';
import { examples } from './examples.ts';
import { listRoute } from './list-route.ts';
import { mapping } from './mapping.ts';
import { mediaTypes } from './reply.ts';

const customers = mappedCustomer(() => revio, mapping);

/** Rev.io's billing API, as far as it is about customers (https://developers.rev.io). */
export const revio: Contract = {
  id: 'revio',
  title: 'Rev.io billing API',
  description: 'Customers as the Rev.io billing API has them.',
  prefix: '/revio',
  mapping,
  normalise: withDefaults,
  securitySchemes: {
    basic: {
      type: 'http',
      scheme: 'basic',
      description:
        'The user name is `username@clientcode`: the id of an API key and the name of its tenant. The password is the secret of the key.',
    },
  },
  routes: [listRoute(customers), ...customerRoutes(customers)],
  examples,
  ratePolicies: [
    { name: 'revio-minute', quota: 'REVIO_RATE_LIMIT_PER_MINUTE', windowSeconds: 60, per: 'tenant' },
    { name: 'revio-day', quota: 'REVIO_RATE_LIMIT_PER_DAY', windowSeconds: 86_400, per: 'tenant' },
  ],
  mediaTypes,
  errorSchema,
  errorMediaType: mediaTypes[0],
  challenge: 'Basic realm="Rev.io", charset="UTF-8"',
  credential,
  admit(_credential, header) {
    if (accepts(header('accept'), mediaTypes) !== undefined) return;
    const detail = `Accept ${mediaTypes.join(', ')}.`;
    throw new Refusal('not-acceptable', { detail, faults: [{ pointer: 'Accept', rule: 'enum', detail }] });
  },
  renderRefusal: errorReply,
};

/** Reads `Basic base64("username@clientcode:password")` (RFC 7617): the key's id, its tenant's name, its secret. */
function credential(header: Header): Shown | undefined {
  const authorization = header('authorization');
  if (!authorization) return undefined;
  const [, encoded = ''] = /^Basic +([A-Za-z0-9+/]+={0,2})$/i.exec(authorization) ?? [];
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  const [, keyId, tenant, secret] = /^([^@:]+)@([^:]+):(.+)$/s.exec(decoded) ?? [];
  if (keyId === undefined || tenant === undefined || secret === undefined) return { secret: '' };
  return { keyId, tenant, secret };
}
