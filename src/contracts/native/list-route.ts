import Type from 'typebox';
import { listCustomers } from '../../customer/list-customers.ts';
import { searchFilters } from '../../customer/search-filters.ts';
import type { QueryParameter, Route } from '../contract.ts';
import { choiceQuery, integerQuery } from '../query.ts';
import { projectionOf } from './projection.ts';
import { customerJson, jsonHeaders } from './reply.ts';
import { someOfCustomer } from './reply-schemas.ts';
import { badRequest, fieldsQuery, reading } from './schemas.ts';

const sorts = ['number', '-number', 'updatedAt', '-updatedAt'] as const;

const listParameters: Route['query'] = {
  fields: fieldsQuery,
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

/** The list of customers, and the search among them. */
export const listRoute: Route = {
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
        unreadable: Type.Optional(
          Type.Array(Type.Object({ id: Type.String({ format: 'uuid' }), number: Type.Integer() }), {
            description:
              'Customers of this page whose stored records can’t be opened, if there are any. Told by no search for personal members.',
          }),
        ),
        nextPageToken: Type.Optional(Type.String()),
      }),
    },
    ...badRequest,
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
    const left = page.unreadable.length === 0 ? '' : `,"unreadable":${JSON.stringify(page.unreadable)}`;
    return {
      status: 200,
      headers: jsonHeaders,
      body: `{"customers":[${customers.join(',')}]${left}${next}}`,
    };
  },
};
