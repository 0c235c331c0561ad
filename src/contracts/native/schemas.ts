import Type, { type TSchema } from 'typebox';
import { customerData, customerSystem } from '../../customer/customer.ts';
import { keyHeader, reasonHeader, versionHeader } from '../change-headers.ts';
import type { Call, QueryParameter, Route } from '../contract.ts';
import { uuidParam } from '../uuid-param.ts';
import { problemSchema } from './errors.ts';

/** What a client may write. Members of the service may stand in it as they are. */
export const writableSchema = Type.Object(
  {
    ...Object.fromEntries(
      Object.entries(customerSystem.properties).map(([name, schema]) => [
        name,
        Type.Optional(schema as TSchema),
      ]),
    ),
    ...customerData.properties,
    protectionLevel: Type.Optional(customerData.properties.protectionLevel),
  },
  { additionalProperties: false, title: 'Writable customer' },
);

/** One change of a history entry. */
export const changeSchema = Type.Object({
  path: Type.String({ description: 'A JSON pointer; `id=…` names an item of a list.' }),
  before: Type.Optional(Type.Unknown({ description: 'Absent when the member was absent.' })),
  after: Type.Optional(Type.Unknown({ description: 'Absent when the member is absent now.' })),
});

/** An entry of the history. */
export const entrySchema = Type.Object({
  version: Type.Integer(),
  recordedAt: Type.String({ format: 'date-time' }),
  principal: Type.String(),
  contract: Type.String(),
  operation: Type.String(),
  reason: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
  changes: Type.Array(changeSchema),
});

/** The path of one customer. Whatever is no UUID names nobody (404). */
export const customerParams: Route['params'] = { id: uuidParam('The id of the customer.') };

/** The customer that such a path names. */
export const customerIdOf = (call: Call): string => call.params['id'] as string;

/** The path of a change that was accepted to be made later. */
export const requestParams: Route['params'] = { id: uuidParam('The id of the request.') };

/** The path of one entry of a customer's history. Versions count from 1; 15 digits are exact in JSON's numbers. */
export const versionParams: Route['params'] = {
  ...customerParams,
  version: {
    pattern: /^[1-9]\d{0,14}$/,
    schema: Type.Integer({ minimum: 1 }),
    description: 'The version that the change made.',
  },
};

const dryRun: QueryParameter = {
  schema: Type.Boolean({ default: false }),
  description: 'Answer with the exact difference and do nothing.',
};

/** The query of what can be tried: the answer tells what would be done, and nothing is. */
export const dryRunQuery: Route['query'] = { dryRun };

/** The query of a change of a record that is there: it can also be merged with changes made meanwhile. */
export const changeQuery: Route['query'] = {
  dryRun,
  onConflict: {
    schema: Type.String({ enum: ['merge', 'refuse'], default: 'refuse' }),
    description:
      'What to do when `If-Match` names an older version: merge a change of places nobody touched since.',
  },
};

/** The headers of every change of a customer. */
export const changeHeaders: Route['headers'] = {
  ...versionHeader,
  'If-None-Match':
    'Refuse the change (412) where the customer has this entity tag, or with `*` where it is there at all.',
  ...keyHeader,
  Prefer: '`respond-async` to be answered before the change is made, `return=minimal` for no body.',
  ...reasonHeader,
};

const { Prefer: _later, ...atOnce } = changeHeaders;

/** The headers of a change that is never made later. */
export const headersAtOnce: Route['headers'] = atOnce;

const problem = (description: string) => ({ description, schema: problemSchema });

/** How a change is answered that was not made at once: accepted for later, or refused (RFC 9457). */
export const changeReplies: Route['replies'] = {
  202: {
    description: 'Accepted: the change will be made exactly once',
    schema: Type.Object({ id: Type.String({ format: 'uuid' }), status: Type.Literal('open') }),
  },
  400: problem('The request is not well-formed'),
  404: problem('No such customer'),
  409: problem('Conflict: a key in use, a value taken, or a newer change'),
  410: problem('The customer was erased, or the kept reply with it'),
  412: problem('The record has another version'),
  413: problem('The body is too large'),
  415: problem('The content type is not supported'),
  422: problem('The record would not be valid'),
};

/** The refusal of a request that is not understood, and names no resource that might not be there. */
export const badRequest: Route['replies'] = { 400: problem('The request is not well-formed') };

/** The refusals of every read. */
export const readReplies: Route['replies'] = {
  ...badRequest,
  404: problem('No such resource'),
};

/** The refusals of what is read of one customer. */
export const readRepliesOfCustomer: Route['replies'] = {
  ...readReplies,
  410: problem('The customer was erased'),
};

/** Why somebody reads: it stands in the access log of those who are protected. */
export const readHeaders: Route['headers'] = {
  'Customary-Reason': 'Why it is read; stands in the access log from protection level 3 on.',
};

/** What a read has beside its query: nothing is sent with it. */
export const reading = { headers: readHeaders, body: null, bodyLimit: 'change' as const };

/** Which members are shown. */
export const fieldsQuery: QueryParameter = {
  schema: Type.String(),
  description: 'Only these members: names with dots, separated by commas.',
};
