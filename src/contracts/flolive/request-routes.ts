import type { Door } from '../../customer/execute.ts';
import type { AcceptedRequest } from '../../customer/reader.ts';
import type { JsonObject } from '../../schema/json.ts';
import type { Call, Route } from '../contract.ts';
import { routeIds } from './errors.ts';
import { acknowledged } from './reply.ts';
import { answers, readReplies, requestParams } from './schemas.ts';

const asking = {
  method: 'GET' as const,
  scopes: ['customer:read'] as const,
  params: requestParams,
  query: {},
  headers: {},
  body: null,
  bodyLimit: 'change' as const,
};

/**
 * How an accepted request went, told to the requester that made it, in the two versions that the vendor has. The
 * `Request-Id` of v3 is the one that every answer of the service has.
 */
export const requestRoutes: Route[] = [
  {
    ...asking,
    id: routeIds.status,
    path: '/api/v2/global/call/{id}',
    summary: 'Get the status of a request',
    replies: { 200: { description: 'The status', schema: answers.status }, ...readReplies },
    handle: async (call, door) => acknowledged(stateOf(await requestOf(call, door))),
  },
  {
    ...asking,
    id: routeIds.statusV3,
    path: '/api/v3/global/call/{id}',
    summary: 'Get the status of a request, with its id',
    replies: { 200: { description: 'The status', schema: answers.statusV3 }, ...readReplies },
    async handle(call, door) {
      const request = await requestOf(call, door);
      return acknowledged({ requestId: request.requestId, ...stateOf(request) });
    },
  },
];

const requestOf = (call: Call, door: Door): Promise<AcceptedRequest> =>
  door.reader.request(call.context, call.params['id'] as string, 'customer');

/** A reason tells of the members that the one who was refused sees; another key of the requester may see less. */
const stateOf = ({ status, result, seesReply }: AcceptedRequest): JsonObject => {
  if (status === 'open') return { status: 'OPEN' };
  if (status === 'succeeded') return { status: 'SUCCESS' };
  if (!result || result.code === 'internal-error') return { status: 'INTERNAL_ERROR' };
  const { errorMessage } = JSON.parse(result.body) as { errorMessage: string };
  return seesReply ? { status: 'FAILURE', reason: errorMessage } : { status: 'FAILURE' };
};
