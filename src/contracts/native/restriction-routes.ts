import Type from 'typebox';
import type { Door } from '../../customer/execute.ts';
import type { WriteOperation } from '../../customer/operation.ts';
import { liftRestriction, readRestriction, restrictCustomer } from '../../customer/restriction.ts';
import { commandOf } from '../command.ts';
import type { Call, Contract, Route } from '../contract.ts';
import { bodyReader, reasonedSchema } from './reasons.ts';
import { changeReply, jsonReply, wantsMinimal } from './reply.ts';
import { changedReplies } from './reply-schemas.ts';
import {
  changeReplies,
  customerIdOf,
  customerParams,
  dryRunQuery,
  headersAtOnce,
  readRepliesOfCustomer,
} from './schemas.ts';

const reasonSchema = reasonedSchema('Why; stands in the history.', {});
const readReason = bodyReader<{ reason: string }>(reasonSchema);

const restrictionSchema = Type.Object({
  restricted: Type.Boolean(),
  since: Type.Optional(Type.String({ format: 'date-time' })),
  version: Type.Optional(Type.Integer({ description: 'The version that the restriction made.' })),
  principal: Type.Optional(Type.String({ description: 'By whom.' })),
  contract: Type.Optional(Type.String({ description: 'Through which contract.' })),
  reason: Type.Optional(Type.Unsafe<string | null>({ type: ['string', 'null'] })),
  levelBefore: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 3, description: 'The protection level that comes back.' }),
  ),
});

/** The routes of the restriction of processing (GDPR Art. 18). */
export const restrictionRoutes = (contract: () => Contract): Route[] => {
  const change = (call: Call, door: Door, operation: WriteOperation<null>, reason: string | null) => {
    const minimal = wantsMinimal(call);
    const context = { ...call.context, reason };
    return door.execute(
      commandOf(
        contract(),
        { ...call, context },
        {
          operation,
          customerId: customerIdOf(call),
          input: null,
          render: (outcome) => changeReply(outcome, context, minimal),
        },
      ),
    );
  };
  const common = { ...place, bodyLimit: 'change' as const, query: dryRunQuery, headers: headersAtOnce };
  return [
    readRoute,
    {
      ...common,
      id: 'restrictCustomer',
      method: 'PUT',
      summary: 'Restrict the processing of a customer (GDPR Art. 18): protection level 4',
      scopes: restrictCustomer.scopes,
      body: { 'application/json': reasonSchema },
      replies: { ...changedReplies('The customer, restricted'), ...changeReplies },
      handle: async (call, door) => change(call, door, restrictCustomer, readReason(call.body).reason),
    },
    {
      ...common,
      id: 'liftRestriction',
      method: 'DELETE',
      summary: 'Lift the restriction: the protection level that was before; needs `Customary-Reason`',
      scopes: liftRestriction.scopes,
      body: null,
      replies: { ...changedReplies('The customer, no longer restricted'), ...changeReplies },
      handle: (call, door) => change(call, door, liftRestriction, call.context.reason),
    },
  ];
};

const place = { path: '/customers/{id}/restriction', params: customerParams };

const readRoute: Route = {
  ...place,
  id: 'readRestriction',
  method: 'GET',
  summary: 'Whether a customer is restricted (GDPR Art. 18), since when, by whom and why',
  scopes: ['privacy:manage'],
  query: {},
  headers: {},
  body: null,
  bodyLimit: 'change',
  replies: { 200: { description: 'The restriction', schema: restrictionSchema }, ...readRepliesOfCustomer },
  async handle(call, door) {
    const restriction = await readRestriction(door.reader, call.context, customerIdOf(call));
    if (!restriction) return jsonReply(200, { restricted: false });
    return jsonReply(200, { restricted: true, ...restriction, since: restriction.since.toISOString() });
  },
};
