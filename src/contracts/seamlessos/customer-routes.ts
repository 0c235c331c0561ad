import { createCustomer } from '../../customer/create-customer.ts';
import { updateCustomer } from '../../customer/update-customer.ts';
import type { Call, Route } from '../contract.ts';
import { knownReply, readingOne } from '../known-version.ts';
import type { MappedCustomer, Render } from '../mapped-customer.ts';
import { created, updated, withBilling } from './change.ts';
import { answer } from './reply.ts';
import { checkCustomer } from './rules.ts';
import {
  billingRouteId,
  billingSchema,
  changeHeaders,
  changeReplies,
  createSchema,
  customerParams,
  customerSchema,
  readReplies,
  updateSchema,
} from './schemas.ts';

const json = 'application/json';
const changing = { query: {}, headers: changeHeaders, bodyLimit: 'change' as const };

/** The routes of one customer. */
export const customerRoutes = (customers: MappedCustomer): Route[] => [
  getRoute(customers),
  createRoute(customers),
  updateRoute(customers, 'PATCH', 'updateCustomer'),
  updateRoute(customers, 'PUT', 'putCustomer'),
  billingRoute(customers),
];

const getRoute = (customers: MappedCustomer): Route => ({
  ...readingOne,
  id: 'getCustomer',
  path: '/customers/{customerId}',
  summary: 'Get a customer',
  params: customerParams,
  replies: {
    200: { description: 'The customer', schema: customerSchema },
    ...knownReply,
    ...readReplies,
  },
  handle: (call, door) => customers.read(call, door, idOf(call), whole),
});

const createRoute = (customers: MappedCustomer): Route => ({
  ...changing,
  id: 'createCustomer',
  method: 'POST',
  path: '/customers',
  summary: 'Create a customer',
  scopes: createCustomer.scopes,
  params: {},
  body: { [json]: createSchema },
  replies: { 201: { description: 'The customer, created', schema: customerSchema }, ...changeReplies },
  handle: (call, door) =>
    customers.create(call, door, {
      wire: createSchema,
      complete: created,
      check: checkCustomer,
      render: (document, { id }) => answer(201, document, { location: `/seamlessos/customers/${id}` }),
    }),
});

/** The page does not say its verb; both change a part alone. */
const updateRoute = (customers: MappedCustomer, method: 'PATCH' | 'PUT', id: string): Route => ({
  ...changing,
  id,
  method,
  path: '/customers/{customerId}',
  summary: 'Update a customer: what is absent stays, null clears',
  scopes: updateCustomer.scopes,
  params: customerParams,
  body: { [json]: updateSchema },
  replies: { 200: { description: 'The customer, updated', schema: customerSchema }, ...changeReplies },
  handle: (call, door) =>
    customers.update(call, door, {
      customerId: idOf(call),
      wire: updateSchema,
      partial: true,
      apply: updated,
      check: checkCustomer,
      render: whole,
    }),
});

const billingRoute = (customers: MappedCustomer): Route => ({
  ...changing,
  id: billingRouteId,
  method: 'PUT',
  path: '/customers/{customerId}/billing',
  summary: 'Replace the billing details of a customer',
  scopes: updateCustomer.scopes,
  params: customerParams,
  body: { [json]: billingSchema },
  replies: { 200: { description: 'The customer, updated', schema: customerSchema }, ...changeReplies },
  handle: (call, door) =>
    customers.update(call, door, {
      customerId: idOf(call),
      wire: billingSchema,
      apply: withBilling,
      check: checkCustomer,
      render: whole,
    }),
});

const idOf = (call: Call): string => call.params['customerId'] as string;

const whole: Render = (document, _customer, headers) => answer(200, document, headers);
