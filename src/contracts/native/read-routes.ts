import Type from 'typebox';
import { instantOf } from '../../schema/formats.ts';
import type { Route } from '../contract.ts';
import { knownReply, readingOne, unlessKnown } from '../known-version.ts';
import { integerQuery, invalidQuery } from '../query.ts';
import { listRoute } from './list-route.ts';
import { projectionOf } from './projection.ts';
import { customerBody, customerReply, entryBody, jsonReply } from './reply.ts';
import { someOfCustomer } from './reply-schemas.ts';
import { requestRoute } from './request-route.ts';
import {
  customerIdOf,
  customerParams,
  entrySchema,
  fieldsQuery,
  readHeaders,
  reading,
  readRepliesOfCustomer,
} from './schemas.ts';

const getCustomer: Route = {
  ...reading,
  id: 'getCustomer',
  method: 'GET',
  path: '/customers/{id}',
  summary: 'Read a customer, now or as it was',
  scopes: ['customer:read'],
  params: customerParams,
  query: {
    fields: fieldsQuery,
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
        ? await door.reader.customer(call.context, customerIdOf(call))
        : await door.reader.customerAt(call.context, customerIdOf(call), placeInTime(asOf));
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
    const { customer, entries } = await door.reader.history(call.context, customerIdOf(call), before, limit);
    const last = entries.at(-1);
    return jsonReply(200, {
      entries: entries.map((entry) => entryBody(entry, customer, call.context)),
      ...(last && last.version > 1 && entries.length === limit ? { nextBefore: last.version } : {}),
    });
  },
};

/** The routes that only look. */
export const readRoutes: Route[] = [listRoute, getCustomer, historyRoute, requestRoute];
