import Type from 'typebox';
import { cancelErasure, listErasures, readErasure, scheduleErasure } from '../../customer/erasure.ts';
import { type Erasure, erasureStatuses, type ScheduledErasure } from '../../customer/erasure-store.ts';
import { Refusal } from '../../errors.ts';
import { instantOf } from '../../schema/formats.ts';
import type { Call, Contract, Route } from '../contract.ts';
import { onceOf } from '../once.ts';
import { choiceQuery, integerQuery } from '../query.ts';
import { erasureList, erasureSchema } from './erasure-schema.ts';
import { problemSchema } from './errors.ts';
import { bodyReader, reasonedSchema, reasonOf } from './reasons.ts';
import { jsonReply } from './reply.ts';
import { customerParams, keyHeader, readReplies } from './schemas.ts';

/** The routes of erasure (GDPR Art. 17). Those that read answer after it too. */
export const erasureRoutes = (contract: () => Contract): Route[] => [
  {
    ...ofCustomer,
    id: 'scheduleErasure',
    method: 'POST',
    summary: 'Schedule the erasure of a customer (GDPR Art. 17); it can be cancelled until it is due',
    headers: keyHeader,
    body: { 'application/json': askedSchema },
    replies: {
      200: { description: 'The same erasure was scheduled already', schema: erasureSchema },
      201: { description: 'Scheduled', schema: erasureSchema },
      ...refusals,
      409: refused('Sub-customers, a legal hold, another erasure, or a key in use'),
      413: refused('The body is too large'),
      415: refused('The content type is not supported'),
      422: refused('The moment is within the window, or the body is not as it should be'),
    },
    async handle(call, door) {
      const { reason, after, waiveWindow = false } = readAsked(call.body);
      const once = onceOf<ScheduledErasure>(contract(), call, ({ erasure, made }) =>
        jsonReply(made ? 201 : 200, erasureBody(erasure)),
      );
      const wish = { reason, after: momentOf(after), waiveWindow };
      return scheduleErasure(door, call.context, idOf(call), wish, once);
    },
  },
  {
    ...ofCustomer,
    id: 'readErasure',
    method: 'GET',
    summary: 'How the erasure of a customer stands, with the certificate once it is completed',
    headers: {},
    body: null,
    replies: { 200: { description: 'The newest erasure', schema: erasureSchema }, ...readReplies },
    handle: async (call, door) =>
      jsonReply(200, erasureBody(await readErasure(door, call.context, idOf(call)))),
  },
  {
    ...ofCustomer,
    id: 'cancelErasure',
    method: 'DELETE',
    summary: 'Cancel the erasure that is scheduled; needs `Customary-Reason`',
    headers: { ...keyHeader, 'Customary-Reason': 'Why it is cancelled.' },
    body: null,
    replies: {
      200: { description: 'The erasure, cancelled', schema: erasureSchema },
      ...refusals,
      409: refused('A key in use'),
    },
    handle: (call, door) =>
      cancelErasure(
        door,
        call.context,
        idOf(call),
        reasonOf(call),
        onceOf(contract(), call, (erasure) => jsonReply(200, erasureBody(erasure))),
      ),
  },
  {
    ...ofCustomer,
    id: 'readErasureCertificate',
    path: '/customers/{id}/erasure/certificate',
    method: 'GET',
    summary: 'The signed certificate of a completed erasure: a compact JWS (RFC 7515)',
    headers: {},
    body: null,
    replies: {
      200: { description: 'The certificate', schema: Type.Object({ certificate: Type.String() }) },
      ...readReplies,
    },
    async handle(call, door) {
      const { certificate } = await readErasure(door, call.context, idOf(call));
      if (certificate === null) throw new Refusal('not-found');
      return jsonReply(200, { certificate });
    },
  },
  listRoute,
];

const idOf = (call: Call): string => call.params['id'] as string;

const ofCustomer = {
  path: '/customers/{id}/erasure',
  scopes: ['privacy:manage'] as const,
  params: customerParams,
  query: {},
  bodyLimit: 'change' as const,
};

const refused = (description: string) => ({ description, schema: problemSchema });

const refusals: Route['replies'] = { ...readReplies, 410: refused('The customer was erased') };

const askedSchema = reasonedSchema('Why; it is erased with the customer.', {
  after: Type.Optional(
    Type.String({ format: 'date-time', description: 'Not before this moment, which is after the window.' }),
  ),
  waiveWindow: Type.Optional(
    Type.Boolean({ default: false, description: 'At once: it can hardly be cancelled any more.' }),
  ),
});

const readAsked = bodyReader<{ reason: string; after?: string; waiveWindow?: boolean }>(askedSchema);

/** A moment that no calendar here knows, like a leap second, is refused: to ignore it would erase earlier than was asked. */
const momentOf = (after: string | undefined): Date | null => {
  if (after === undefined) return null;
  const moment = instantOf(after);
  if (moment) return moment;
  const detail = 'must be a date-time of the years 1 to 9999 that is no leap second';
  throw new Refusal('validation-failed', { faults: [{ pointer: '/after', rule: 'format', detail }] });
};

const listRoute: Route = {
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
    400: readReplies[400] as NonNullable<Route['replies'][number]>,
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

/** What is not so yet, or never was, is left out. */
const erasureBody = ({ erasureId: id, ...erasure }: Erasure) =>
  Object.fromEntries(Object.entries({ id, ...erasure }).filter(([, value]) => value !== null));
