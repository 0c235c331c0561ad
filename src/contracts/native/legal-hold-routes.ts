import Type from 'typebox';
import { readHold, releaseHold, setHold } from '../../customer/erasure.ts';
import type { LegalHold, Once } from '../../customer/erasure-store.ts';
import { keyHeader } from '../change-headers.ts';
import type { Call, Contract, Route } from '../contract.ts';
import { onceOf } from '../once.ts';
import { problemSchema } from './errors.ts';
import { bodyReader, reasonedSchema, reasonOf } from './reasons.ts';
import { jsonReply } from './reply.ts';
import { customerIdOf, customerParams, readReplies } from './schemas.ts';

const holdSchema = Type.Object(
  {
    held: Type.Boolean(),
    entries: Type.Array(
      Type.Object({
        event: Type.String({ enum: ['set', 'released'] }),
        recordedAt: Type.String({ format: 'date-time' }),
        principal: Type.String({ description: 'By whom.' }),
        contract: Type.String({ description: 'Through which contract.' }),
        reason: Type.Unsafe<string | null>({
          type: ['string', 'null'],
          description: 'Null once the customer is erased.',
        }),
      }),
      { description: 'What was set and released, the newest first.' },
    ),
  },
  { title: 'Legal hold' },
);

const setSchema = reasonedSchema('Why the customer must be kept; it is erased with the customer.', {});

const readSet = bodyReader<{ reason: string }>(setSchema);

const refused = (description: string) => ({ description, schema: problemSchema });

const common = {
  path: '/customers/{id}/legal-hold',
  scopes: ['privacy:manage'] as const,
  params: customerParams,
  query: {},
  bodyLimit: 'change' as const,
};

const replies: Route['replies'] = {
  200: { description: 'The hold and its trail', schema: holdSchema },
  ...readReplies,
};

const changeReplies: Route['replies'] = {
  ...replies,
  409: refused('A key in use, or values of before there were keys have to be sealed first'),
  410: refused('The customer was erased'),
};

/** The routes of the legal hold: while one stands, nothing erases the customer (GDPR Art. 17(3)). */
export const legalHoldRoutes = (contract: () => Contract): Route[] => [
  {
    ...common,
    id: 'readLegalHold',
    method: 'GET',
    summary: 'Whether a legal hold stands on a customer, and its trail',
    headers: {},
    body: null,
    replies,
    handle: async (call, door) => jsonReply(200, await readHold(door, call.context, customerIdOf(call))),
  },
  {
    ...common,
    id: 'setLegalHold',
    method: 'PUT',
    summary: 'Set a legal hold: the customer is not erased while it stands',
    headers: keyHeader,
    body: { 'application/json': setSchema },
    replies: {
      ...changeReplies,
      413: refused('The body is too large'),
      415: refused('The content type is not supported'),
      422: refused('The body is not as it should be'),
    },
    handle: async (call, door) => {
      const { reason } = readSet(call.body);
      return setHold(door, call.context, customerIdOf(call), reason, once(contract(), call));
    },
  },
  {
    ...common,
    id: 'releaseLegalHold',
    method: 'DELETE',
    summary: 'Release the legal hold; needs `Customary-Reason`',
    headers: { ...keyHeader, 'Customary-Reason': 'Why it is released.' },
    body: null,
    replies: changeReplies,
    handle: async (call, door) =>
      releaseHold(door, call.context, customerIdOf(call), reasonOf(call), once(contract(), call)),
  },
];

const once = (contract: Contract, call: Call): Once<LegalHold> =>
  onceOf(contract, call, (hold) => jsonReply(200, hold));
