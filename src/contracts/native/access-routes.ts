import Type from 'typebox';
import type { Door } from '../../customer/execute.ts';
import { type AccessInput, listAccesses } from '../../customer/list-accesses.ts';
import type { Reply } from '../../customer/operation.ts';
import { instantOf } from '../../schema/formats.ts';
import { canonicalUuid } from '../../uuid.ts';
import type { Call, Route } from '../contract.ts';
import { integerQuery, invalidQuery } from '../query.ts';
import { jsonReply } from './reply.ts';
import { customerParams, readReplies } from './schemas.ts';

const accessSchema = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    occurredAt: Type.String({ format: 'date-time' }),
    kind: Type.String({ enum: ['read', 'write'], description: 'Whether the members were shown or changed.' }),
    customerId: Type.String({ format: 'uuid' }),
    version: Type.Integer({ description: 'The version that was shown or made.' }),
    principal: Type.String({ description: 'Whose key or session it was.' }),
    contract: Type.String(),
    operation: Type.String({ description: 'The route that was called, or the event that was told.' }),
    requestId: Type.String(),
    fields: Type.Array(Type.String(), {
      description:
        'The personal members that were shown or changed, by name; `reason` is why a change was made. Never a value.',
    }),
    reason: Type.Unsafe<string | null>({
      type: ['string', 'null'],
      description:
        'What `Customary-Reason` said; null as well once the customer is erased, and where it can’t be opened.',
    }),
  },
  { title: 'Access' },
);

const common = {
  method: 'GET',
  scopes: ['privacy:manage'],
  headers: {},
  body: null,
  bodyLimit: 'change',
  replies: {
    200: {
      description: 'Entries of the access log, the newest first',
      schema: Type.Object({
        accesses: Type.Array(accessSchema),
        nextPageToken: Type.Optional(Type.String()),
      }),
    },
    ...readReplies,
  },
} as const satisfies Partial<Route>;

const instant = (description: string) => ({ schema: Type.String({ format: 'date-time' }), description });

const query: Route['query'] = {
  principal: { schema: Type.String(), description: 'Only accesses by this key or session, by name.' },
  since: instant('Only accesses at or after this instant.'),
  until: instant('Only accesses before this instant.'),
  limit: {
    schema: Type.Integer({ minimum: 1, maximum: 500, default: 50 }),
    description: 'Most entries a page.',
  },
  pageToken: { schema: Type.String(), description: 'The `nextPageToken` of the page before.' },
};

/** The access log of customers at protection level 3 and 4, for the privacy officer. */
export const accessRoutes: Route[] = [
  {
    ...common,
    id: 'listAccesses',
    path: '/accesses',
    summary: 'Who was shown or changed personal members of protected customers (level 3 and 4)',
    params: {},
    query: {
      ...query,
      customer: { schema: Type.String({ format: 'uuid' }), description: 'Only accesses to this customer.' },
    },
    handle: (call, door) => list(call, door, customerIn(call)),
  },
  {
    ...common,
    id: 'listAccessesOfCustomer',
    path: '/customers/{id}/accesses',
    summary: 'Who was shown or changed personal members of a customer while it was at level 3 or 4',
    params: customerParams,
    query,
    handle: (call, door) => list(call, door, call.params['id']),
  },
];

const list = async (call: Call, door: Door, customerId: string | undefined): Promise<Reply> => {
  const { principal } = call.query;
  // PostgreSQL has no text with this character.
  if (principal?.includes('\0')) throw invalidQuery('principal', 'pattern', 'must not hold a NUL');
  const input: AccessInput = {
    ...(customerId === undefined ? {} : { customerId }),
    ...(principal === undefined ? {} : { principal }),
    ...instantIn(call, 'since'),
    ...instantIn(call, 'until'),
    limit: integerQuery(call, 'limit', 1, 500, 50),
    pageToken: call.query['pageToken'],
  };
  const { accesses, nextPageToken } = await listAccesses(door, call.context, input);
  return jsonReply(200, {
    accesses: accesses.map(({ id, occurredAt, ...rest }) => ({
      id,
      occurredAt: occurredAt.toISOString(),
      ...rest,
    })),
    ...(nextPageToken === undefined ? {} : { nextPageToken }),
  });
};

const customerIn = ({ query: { customer } }: Call): string | undefined => {
  if (customer === undefined) return undefined;
  const id = canonicalUuid(customer);
  if (id) return id;
  throw invalidQuery('customer', 'format', 'must be the id of a customer');
};

const instantIn = <const Name extends string>(call: Call, name: Name): { [name in Name]?: Date } => {
  const text = call.query[name];
  if (text === undefined) return {};
  const value = instantOf(text);
  if (!value) throw invalidQuery(name, 'format', 'must be a date-time with its time zone');
  return { [name]: value } as { [name in Name]?: Date };
};
