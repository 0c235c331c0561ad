import type { Call, Route } from '../contract.ts';
import { problemSchema } from './errors.ts';
import { customerParams, readReplies } from './schemas.ts';

/** What the routes of one customer's erasure have in common. */
export const ofErasure = {
  path: '/customers/{id}/erasure',
  scopes: ['privacy:manage'] as const,
  params: customerParams,
  query: {},
  bodyLimit: 'change' as const,
};

/** The customer that the path of such a route names. */
export const customerIdOf = (call: Call): string => call.params['id'] as string;

/** A refusal, described as a reply. */
export const refused = (description: string) => ({ description, schema: problemSchema });

/** The refusals of the routes that change an erasure. */
export const refusals: Route['replies'] = { ...readReplies, 410: refused('The customer was erased') };
