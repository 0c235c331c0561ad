import type { Route } from '../contract.ts';
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

/** A refusal, described as a reply. */
export const refused = (description: string) => ({ description, schema: problemSchema });

/** The refusals of the routes that change an erasure. */
export const refusals: Route['replies'] = { ...readReplies, 410: refused('The customer was erased') };
