import type { Door } from '../../customer/execute.ts';
import type { Call, Route } from '../contract.ts';
import { knownReply, readingOne } from '../known-version.ts';
import type { MappedCustomer } from '../mapped-customer.ts';
import { customerReply } from './reply.ts';
import {
  badRequest,
  changeHeaders,
  changeReplies,
  customerParams,
  customerSchema,
  notFound,
} from './schemas.ts';
import { wire } from './wire.ts';

/** One customer: create, read, change, replace, delete. */
export const customerRoutes = (customers: MappedCustomer): Route[] => [
  createRoute(customers),
  getRoute(customers),
  updateRoute(customers),
  replaceRoute(customers),
  deleteRoute(customers),
];

const path = '/api/v2/customers/{id}/';

const changing = {
  query: {},
  headers: changeHeaders,
  body: { 'application/json': wire },
  bodyLimit: 'change' as const,
};

const changingOne = {
  ...changing,
  path,
  params: customerParams,
  replies: {
    200: { description: 'The customer as it is now', schema: customerSchema },
    ...changeReplies,
    ...notFound,
  },
};

const createRoute = (customers: MappedCustomer): Route => ({
  ...changing,
  id: 'createCustomer',
  method: 'POST',
  path: '/api/v2/customers/',
  summary: 'Create a customer',
  scopes: ['customer:write'],
  params: {},
  replies: { 201: { description: 'The customer was created', schema: customerSchema }, ...changeReplies },
  handle: (call, door) => customers.create(call, door, { render: customerReply(call, 201) }),
});

const getRoute = (customers: MappedCustomer): Route => ({
  ...readingOne,
  id: 'getCustomer',
  path,
  summary: 'Read a customer',
  params: customerParams,
  replies: {
    200: { description: 'The customer', schema: customerSchema },
    ...knownReply,
    ...badRequest,
    ...notFound,
  },
  handle: async (call, door) => customers.read(call, door, await idOf(call, door), customerReply(call, 200)),
});

const updateRoute = (customers: MappedCustomer): Route => ({
  ...changingOne,
  id: 'updateCustomer',
  method: 'PATCH',
  summary: 'Change the given members of a customer',
  scopes: ['customer:write'],
  handle: async (call, door) =>
    customers.update(call, door, {
      customerId: await idOf(call, door),
      partial: true,
      apply: (document, body) => ({ ...document, ...body }),
      render: customerReply(call, 200),
    }),
});

const replaceRoute = (customers: MappedCustomer): Route => ({
  ...changingOne,
  id: 'replaceCustomer',
  method: 'PUT',
  summary: 'Replace a customer: a member that is left out has no value any more',
  scopes: ['customer:write'],
  handle: async (call, door) =>
    customers.update(call, door, {
      customerId: await idOf(call, door),
      replaces: true,
      apply: (_document, body) => body,
      render: customerReply(call, 200),
    }),
});

const deleteRoute = (customers: MappedCustomer): Route => ({
  ...changingOne,
  id: 'deleteCustomer',
  method: 'DELETE',
  summary: 'Delete a customer',
  scopes: ['customer:delete'],
  body: null,
  replies: { 204: { description: 'The customer was deleted' }, ...changeReplies, ...notFound },
  handle: async (call, door) =>
    customers.remove(call, door, await idOf(call, door), () => ({ status: 204, headers: {}, body: '' })),
});

/** The customer that a path names by its number; an unknown one gets a new id, which nobody has. */
const idOf = async (call: Call, door: Door): Promise<string> =>
  (await door.reader.idOfNumber(call.context, Number(call.params['id']))) ?? call.context.newId();
