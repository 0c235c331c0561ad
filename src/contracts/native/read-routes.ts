import Type from 'typebox';
import type { Door } from '../../customer/execute.ts';
import { listCustomers, searchFilters } from '../../customer/list-customers.ts';
import { seenConflicts } from '../../customer/merge-conflict.ts';
import { Refusal } from '../../errors.ts';
import { instantOf } from '../../schema/formats.ts';
import type { Json, JsonObject } from '../../schema/json.ts';
import type { Call, QueryParameter, Route } from '../contract.ts';
import { knownReply, readingOne, unlessKnown } from '../known-version.ts';
import { choiceQuery, integerQuery, invalidQuery } from '../query.ts';
import { projectionOf } from './fields.ts';
import { customerBody, customerJson, customerReply, entryBody, jsonHeaders, jsonReply } from './render.ts';
import { someOfCustomer } from './reply-schemas.ts';
import {
  customerParams,
  entrySchema,
  readHeaders,
  readReplies,
  readRepliesOfCustomer,
  requestParams,
} from './schemas.ts';

const idOf = (call: Call): string => call.params['id'] as string;
const reading = { headers: readHeaders, body: null, bodyLimit: 'change' as const };

const fields: QueryParameter = {
  schema: Type.String(),
  description: 'Only these members: names with dots, separated by commas.',
};

const getCustomer: Route = {
  ...reading,
  id: 'getCustomer',
  method: 'GET',
  path: '/customers/{id}',
  summary: 'Read a customer, now or as it was',
  scopes: ['customer:read'],
  params: customerParams,
  query: {
    fields,
    asOf: {
      schema: Type.String(),
      description: 'A version or a date-time: the customer as it was then (needs `history:read`).',
    },
  },
  headers: { ...readingOne.headers, ...readHeaders },
  replies: {
    200: { description: 'The customer, or those of its members that `fields` names', schema: someOfCustomer },
    ...knownReply,
    ...readRepliesOfCustomer,
  },
  async handle(call, door) {
    const projection = projectionOf(call.query['fields']);
    const asOf = call.query['asOf'];
    if (asOf !== undefined) door.authorise(call.context, ['history:read']);
    const customer =
      asOf === undefined
        ? await door.reader.customer(call.context, idOf(call))
        : await door.reader.customerAt(call.context, idOf(call), placeInTime(asOf));
    return unlessKnown(call, customer, (headers) =>
      call.query['fields'] === undefined
        ? customerReply(200, customer, call.context, headers)
        : jsonReply(200, customerBody(customer, call.context, projection), headers),
    );
  },
};

const placeInTime = (asOf: string): { version: number } | { instant: Date } => {
  if (/^[1-9]\d{0,14}$/.test(asOf)) return { version: Number(asOf) };
  const instant = instantOf(asOf);
  if (instant) return { instant };
  throw invalidQuery('asOf', 'format', 'must be a version or a date-time with its time zone');
};

const sorts = ['number', '-number', 'updatedAt', '-updatedAt'] as const;

const listParameters: Route['query'] = {
  fields,
  limit: {
    schema: Type.Integer({ minimum: 1, maximum: 500, default: 50 }),
    description: 'Most customers a page.',
  },
  sort: {
    schema: Type.String({ enum: [...sorts], default: 'number' }),
    description: 'The order; `-` descends.',
  },
  pageToken: { schema: Type.String(), description: 'The `nextPageToken` of the page before.' },
  parentId: {
    schema: Type.String(),
    description: 'Direct sub-customers of this customer; `none` for roots.',
  },
  number: { schema: Type.Integer(), description: 'The customer number.' },
  humanReadableId: { schema: Type.String(), description: 'The id a customer reads out.' },
  updatedSince: {
    schema: Type.String({ format: 'date-time' }),
    description: 'Changed at or after this instant.',
  },
  ...Object.fromEntries(
    [...searchFilters].map(([name, filter]): [string, QueryParameter] => [
      filter.map ? `${name}.` : name,
      {
        schema: Type.String(),
        description:
          filter.by === 'words'
            ? 'Words, or their beginnings from three letters on.'
            : 'The whole value, any case.',
        ...(filter.map ? { prefix: true as const } : {}),
      },
    ]),
  ),
};

const listRoute: Route = {
  ...reading,
  id: 'listCustomers',
  method: 'GET',
  path: '/customers',
  summary: 'List and search customers; all filters must hold',
  scopes: ['customer:list'],
  params: {},
  query: listParameters,
  replies: {
    200: {
      description: 'A page of customers',
      schema: Type.Object({
        customers: Type.Array(someOfCustomer),
        nextPageToken: Type.Optional(Type.String()),
      }),
    },
    400: readReplies[400] as NonNullable<Route['replies'][number]>,
  },
  async handle(call, door) {
    const { fields: named, limit: _limit, sort: _sort, pageToken, ...filters } = call.query;
    const projection = named === undefined ? null : projectionOf(named);
    const sort = choiceQuery(call, 'sort', sorts) ?? 'number';
    const page = await listCustomers(door, call.context, {
      filters,
      sort: sort.replace('-', '') as 'number' | 'updatedAt',
      descending: sort.startsWith('-'),
      limit: integerQuery(call, 'limit', 1, 500, 50),
      pageToken,
    });
    const customers = page.customers.map((customer) => customerJson(customer, call.context, projection));
    const next =
      page.nextPageToken === undefined ? '' : `,"nextPageToken":${JSON.stringify(page.nextPageToken)}`;
    return { status: 200, headers: jsonHeaders, body: `{"customers":[${customers.join(',')}]${next}}` };
  },
};

const historyRoute: Route = {
  ...reading,
  id: 'readHistory',
  method: 'GET',
  path: '/customers/{id}/history',
  summary: 'Who changed what, when, through which contract and why; the newest first',
  scopes: ['history:read'],
  params: customerParams,
  query: {
    limit: {
      schema: Type.Integer({ minimum: 1, maximum: 500, default: 50 }),
      description: 'Most entries a page.',
    },
    before: {
      schema: Type.Integer({ minimum: 1 }),
      description: 'Only versions below: `nextBefore` of the page before.',
    },
  },
  replies: {
    200: {
      description: 'Entries of the history',
      schema: Type.Object({ entries: Type.Array(entrySchema), nextBefore: Type.Optional(Type.Integer()) }),
    },
    ...readRepliesOfCustomer,
  },
  async handle(call, door) {
    const limit = integerQuery(call, 'limit', 1, 500, 50);
    const before = integerQuery(call, 'before', 1, 1e15 - 1, 1e15 - 1);
    const { customer, entries } = await door.reader.history(call.context, idOf(call), before, limit);
    const last = entries.at(-1);
    return jsonReply(200, {
      entries: entries.map((entry) => entryBody(entry, customer, call.context)),
      ...(last && last.version > 1 && entries.length === limit ? { nextBefore: last.version } : {}),
    });
  },
};

const requestRoute: Route = {
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
    const request = await door.reader.request(call.context, idOf(call));
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

/** The routes that only look. */
export const readRoutes: Route[] = [listRoute, getCustomer, historyRoute, requestRoute];
