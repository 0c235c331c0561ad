import Type from 'typebox';
import { listErasures } from '../../customer/erasure.ts';
import { erasureStatuses } from '../../customer/erasure-store.ts';
import type { Route } from '../contract.ts';
import { choiceQuery, integerQuery } from '../query.ts';
import { erasureBody, erasureList } from './erasure-schema.ts';
import { jsonReply } from './reply.ts';
import { badRequest } from './schemas.ts';

/** The list of a tenant's erasures. */
export const erasureListRoute: Route = {
  id: 'listErasures',
  method: 'GET',
  path: '/erasures',
  summary: 'Erasures, the newest first',
  scopes: ['privacy:manage'],
  params: {},
  query: {
    status: {
      schema: Type.String({ enum: [...erasureStatuses] }),
      description: 'Only those that stand so; `held` waits for a hold to be released, or for sub-customers.',
    },
    limit: {
      schema: Type.Integer({ minimum: 1, maximum: 500, default: 50 }),
      description: 'Most erasures a page.',
    },
    pageToken: { schema: Type.String(), description: 'The `nextPageToken` of the page before.' },
  },
  headers: {},
  body: null,
  bodyLimit: 'change',
  replies: {
    200: { description: 'A page of erasures', schema: erasureList },
    ...badRequest,
  },
  async handle(call, door) {
    const page = await listErasures(door, call.context, {
      status: choiceQuery(call, 'status', erasureStatuses),
      limit: integerQuery(call, 'limit', 1, 500, 50),
      pageToken: call.query['pageToken'],
    });
    return jsonReply(200, {
      erasures: page.erasures.map(erasureBody),
      ...(page.nextPageToken === undefined ? {} : { nextPageToken: page.nextPageToken }),
    });
  },
};
