import Type from 'typebox';
import type { Door } from '../../customer/execute.ts';
import { seenConflicts } from '../../customer/merge-conflict.ts';
import { Refusal } from '../../errors.ts';
import type { Json, JsonObject } from '../../schema/json.ts';
import type { Call, Route } from '../contract.ts';
import { jsonReply } from './reply.ts';
import { reading, readReplies, requestParams } from './schemas.ts';

/** How an accepted change went. */
export const requestRoute: Route = {
  ...reading,
  id: 'getRequest',
  method: 'GET',
  path: '/requests/{id}',
  summary: 'How an accepted change went: open, succeeded, or failed with its reason',
  scopes: ['customer:read'],
  params: requestParams,
  query: {},
  replies: {
    200: {
      description: 'The request',
      schema: Type.Object({
        id: Type.String({ format: 'uuid' }),
        status: Type.String({ enum: ['open', 'succeeded', 'failed'] }),
        customerId: Type.String({ format: 'uuid' }),
        createdAt: Type.String({ format: 'date-time' }),
        finishedAt: Type.Optional(Type.String({ format: 'date-time' })),
        result: Type.Optional(Type.Object({ status: Type.Integer(), etag: Type.Optional(Type.String()) })),
        reason: Type.Optional(Type.Unknown({ description: 'The problem document of a failed request.' })),
      }),
    },
    ...readReplies,
  },
  async handle(call, door) {
    const request = await door.reader.request(call.context, call.params['id'] as string);
    const { status, customerId, createdAt, finishedAt, result } = request;
    const { conflicts, ...reason } = (
      result && status === 'failed' ? JSON.parse(result.body) : {}
    ) as JsonObject;
    const shown =
      conflicts !== undefined && request.seesReply
        ? await conflictsSeen(call, door, customerId, conflicts)
        : {};
    return jsonReply(200, {
      id: request.requestId,
      status,
      customerId,
      createdAt: createdAt.toISOString(),
      ...(finishedAt ? { finishedAt: finishedAt.toISOString() } : {}),
      ...(result && status === 'succeeded'
        ? {
            result: {
              status: result.status,
              ...(result.headers['etag'] ? { etag: result.headers['etag'] } : {}),
            },
          }
        : {}),
      ...(result && status === 'failed' ? { reason: { ...reason, ...shown } } : {}),
    });
  },
};

/** The conflicts that a kept refusal quotes, protected as the customer is now; none where it is deleted. */
const conflictsSeen = async (
  call: Call,
  door: Door,
  customerId: string,
  conflicts: Json,
): Promise<JsonObject> => {
  const customer = await door.reader.customer(call.context, customerId).catch((error: unknown) => {
    if (error instanceof Refusal && error.code === 'not-found') return undefined;
    throw error;
  });
  return customer ? { conflicts: seenConflicts(conflicts as JsonObject[], customer, call.context) } : {};
};
