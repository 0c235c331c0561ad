import { deleteCustomer } from '../../customer/delete-customer.ts';
import type { JsonObject } from '../../schema/json.ts';
import { mergePatch } from '../../schema/merge-patch.ts';
import type { Call, Route } from '../contract.ts';
import { knownReply, readingOne } from '../known-version.ts';
import type { MappedCreation, MappedCustomer, Render } from '../mapped-customer.ts';
import { noContent, reply } from './reply.ts';
import {
  bodySchema,
  customerParams,
  customerSchema,
  readReplies,
  tenantHeaders,
  writeHeaders,
  writeReplies,
} from './schemas.ts';

const path = '/network/customers/{customerId}';
/** The vendor's READ_CUSTOMER and WRITE_CUSTOMER. */
const readAndWrite: Route['scopes'] = ['customer:read', 'customer:write'];
const changing = {
  query: {},
  headers: writeHeaders,
  body: { 'application/json': bodySchema },
  bodyLimit: 'change',
} as const;
const changed: Route['replies'] = {
  200: { description: 'The customer, updated', schema: customerSchema },
  ...writeReplies,
};

/** The calls on one customer: the page "Update a customer" and its siblings. */
export const customerRoutes = (customers: MappedCustomer): Route[] => [
  readRoute(customers),
  replaceRoute(customers),
  patchRoute(customers),
  createRoute(customers),
  removeRoute(customers),
];

const idOf = (call: Call): string => call.params['customerId'] as string;
const ok: Render = (document, _customer, headers) => reply(200, document, headers);

const readRoute = (customers: MappedCustomer): Route => ({
  ...readingOne,
  id: 'getCustomer',
  path,
  summary: 'Get a customer',
  params: customerParams,
  headers: { ...tenantHeaders, ...readingOne.headers },
  replies: {
    200: { description: 'The customer', schema: customerSchema },
    ...knownReply,
    ...readReplies,
  },
  handle: (call, door) => customers.read(call, door, idOf(call), ok),
});

/** What is not said has no value: the document is the whole of what Servitly knows of a customer. */
const complete = (document: JsonObject): JsonObject => ({
  name: null,
  country: null,
  timezone: null,
  ...document,
});

const replaceRoute = (customers: MappedCustomer): Route => ({
  ...changing,
  id: 'updateCustomer',
  method: 'PUT',
  path,
  summary: 'Update a customer: what is not sent is emptied',
  scopes: readAndWrite,
  params: customerParams,
  replies: changed,
  handle: (call, door) =>
    customers.update(call, door, {
      customerId: idOf(call),
      replaces: true,
      apply: (_document, body) => complete(body),
      render: ok,
    }),
});

const patchRoute = (customers: MappedCustomer): Route => ({
  ...changing,
  id: 'patchCustomer',
  method: 'PATCH',
  path,
  summary: 'Update a part of a customer: null empties, what is not sent stays',
  scopes: readAndWrite,
  params: customerParams,
  body: { ...changing.body, 'application/merge-patch+json': bodySchema },
  replies: changed,
  handle: (call, door) =>
    customers.update(call, door, {
      customerId: idOf(call),
      apply: (document, body) => complete(mergePatch(document, body) as JsonObject),
      render: ok,
    }),
});

const createRoute = (customers: MappedCustomer): Route => ({
  ...changing,
  id: 'createCustomer',
  method: 'POST',
  path: '/network/customers',
  summary: 'Create a customer',
  scopes: readAndWrite,
  params: {},
  replies: { 201: { description: 'The customer, created', schema: customerSchema }, ...writeReplies },
  handle: (call, door) =>
    customers.create(call, door, {
      fix: belowCaller(call),
      render: (document, { id }, headers) =>
        reply(201, document, { ...headers, location: `/servitly/network/customers/${id}` }),
    }),
});

/** A caller who sees a customer and its sub-customers alone makes one of those. */
const belowCaller = ({ context: { principal } }: Call): NonNullable<MappedCreation['fix']> =>
  principal.customerId === null ? (data) => data : (data) => ({ ...data, parentId: principal.customerId });

const removeRoute = (customers: MappedCustomer): Route => ({
  ...changing,
  id: 'deleteCustomer',
  method: 'DELETE',
  path,
  summary: 'Delete a customer',
  scopes: deleteCustomer.scopes,
  params: customerParams,
  body: null,
  replies: { 204: { description: 'Deleted' }, ...writeReplies },
  handle: (call, door) => customers.remove(call, door, idOf(call), noContent),
});
