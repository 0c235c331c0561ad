import Type, { type TSchema } from 'typebox';
import { keyHeader, reasonHeader, versionHeader } from '../change-headers.ts';
import type { Route } from '../contract.ts';
import { uuidParam } from '../uuid-param.ts';
import { errorSchema } from './errors.ts';
import { tenantHeader } from './tenant-header.ts';
import { wire } from './wire.ts';

/** A customer as it is answered: every member is there. */
export const customerSchema: TSchema = Type.Unsafe({
  ...(wire as unknown as object),
  title: 'Customer',
  required: Object.keys(wire.properties),
});

/** A customer as it is sent: members that Servitly does not know, or that are read-only, are ignored. */
export const bodySchema: TSchema = Type.Unsafe({
  ...(wire as unknown as object),
  title: 'Details of a customer',
});

/** Any text of at least one character; one that is no customer's id names nothing. */
export const customerParams: Route['params'] = {
  customerId: uuidParam('The customer identifier.', Type.String({ minLength: 1 })),
};

/** The header that every request needs, a login too. */
export const tenantHeaders: Route['headers'] = {
  [tenantHeader]: {
    description: 'The name of the target tenant. Older clients may send `X-Semioty-Tenant` instead.',
    required: true,
  },
};

/** The headers of every change; all but the first are ours, and optional. */
export const writeHeaders: Route['headers'] = {
  ...tenantHeaders,
  ...versionHeader,
  ...keyHeader,
  ...reasonHeader,
};

const problem = (description: string) => ({ description, schema: errorSchema });

/** The refusal of a request that is not understood, and names no resource that might not be there. */
export const badRequest: Route['replies'] = { 400: problem('Request data not valid') };

/** The refusals of every read. */
export const readReplies: Route['replies'] = {
  ...badRequest,
  404: problem('Resource was not found'),
};

/** The refusals of every change. */
export const writeReplies: Route['replies'] = {
  ...readReplies,
  409: problem('Conflict: an idempotency key in use, or a customer with sub-customers'),
  410: problem('The stored reply was erased'),
  412: problem('The customer has another version'),
  413: problem('The body is too large'),
  415: problem('The content type is not supported'),
};
