import Type from 'typebox';
import type { Door } from '../../customer/execute.ts';
import type { WriteOperation } from '../../customer/operation.ts';
import { liftRestriction, readRestriction, restrictCustomer } from '../../customer/restriction.ts';
import { Refusal } from '../../errors.ts';
import { readPrefer } from '../../headers/prefer.ts';
import { validator } from '../../schema/validate.ts';
import { commandOf } from '../command.ts';
import type { Call, Contract, Route } from '../contract.ts';
import { changeReply, jsonReply } from './reply.ts';
import { changedReplies } from './reply-schemas.ts';
import {
  changeHeaders,
  changeReplies,
  customerParams,
  dryRunQuery,
  readRepliesOfCustomer,
} from './schemas.ts';

const reasonSchema = Type.Object(
  { reason: Type.String({ pattern: '\\S', maxLength: 1000, description: 'Why; stands in the history.' }) },
  { additionalProperties: false },
);

const judgeReason = validator(reasonSchema);

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
    const minimal = readPrefer(call.headerValues('prefer')).return === 'minimal';
    const context = { ...call.context, reason };
    return door.execute(
      commandOf(
        contract(),
        { ...call, context },
        {
          operation,
          customerId: idOf(call),
          input: null,
          render: (outcome) => changeReply(outcome, context, minimal),
        },
      ),
    );
  };
  const { Prefer: _later, ...headers } = changeHeaders;
  const common = { ...place, bodyLimit: 'change' as const, query: dryRunQuery, headers };
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
      handle: async (call, door) => change(call, door, restrictCustomer, reasonIn(call)),
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

const idOf = (call: Call): string => call.params['id'] as string;

const reasonIn = ({ body }: Call): string => {
  const faults = judgeReason(body);
  if (faults.length > 0) throw new Refusal('validation-failed', { faults });
  return (body as { reason: string }).reason;
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
    const restriction = await readRestriction(door.reader, call.context, idOf(call));
    if (!restriction) return jsonReply(200, { restricted: false });
    return jsonReply(200, { restricted: true, ...restriction, since: restriction.since.toISOString() });
  },
};
