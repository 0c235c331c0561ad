import { createCustomer } from '../../customer/create-customer.ts';
import { deleteCustomer } from '../../customer/delete-customer.ts';
import type { Door } from '../../customer/execute.ts';
import { replaceCustomer, updateCustomer } from '../../customer/update-customer.ts';
import { joined } from '../../schema/joined.ts';
import { isObject, type JsonObject } from '../../schema/json.ts';
import type { CheckDocument } from '../checked-view.ts';
import type { Call, Route } from '../contract.ts';
import { jsonPatchType } from '../json-patch.ts';
import { knownReply, readingOne } from '../known-version.ts';
import type { MappedCustomer, Render } from '../mapped-customer.ts';
import { patched } from './change.ts';
import { withTimeZones } from './date-times.ts';
import { withDefaults } from './defaults.ts';
import { roundedAmounts } from './exact-amounts.ts';
import { answer } from './reply.ts';
import { checkCustomer } from './rules.ts';
import {
  changedSchema,
  changeHeaders,
  changeReplies,
  customerParams,
  customerSchema,
  doneSchema,
  modelBody,
  patchSchema,
  readReplies,
} from './schemas.ts';

const path = '/v1/Customers';
const changing = { query: {}, headers: changeHeaders, bodyLimit: 'change' as const };

/** The routes of one customer. */
export const customerRoutes = (customers: MappedCustomer): Route[] => [
  getRoute(customers),
  createRoute(customers),
  replaceRoute(customers),
  patchRoute(customers),
  deleteRoute(customers),
];

const getRoute = (customers: MappedCustomer): Route => ({
  ...readingOne,
  id: 'getCustomer',
  path: `${path}/{id}`,
  summary: 'Get a customer',
  params: customerParams,
  replies: {
    200: { description: 'The customer', schema: customerSchema },
    ...knownReply,
    ...readReplies,
  },
  handle: async (call, door) =>
    customers.read(call, door, await idOf(call, door), (document, _customer, headers) =>
      answer(200, { ok: true, ...document, links: linksOf(document) }, call.header, headers),
    ),
});

const createRoute = (customers: MappedCustomer): Route => ({
  ...changing,
  id: 'createCustomer',
  method: 'POST',
  path,
  summary: 'Create a customer',
  scopes: createCustomer.scopes,
  params: {},
  body: modelBody,
  replies: { 201: { description: 'Created', schema: doneSchema }, ...changeReplies },
  handle: (call, door) =>
    customers.create(call, door, {
      complete: withDefaults,
      check: checkOf(call),
      render: (_document, { number }) =>
        answer(201, { ok: true, id: number }, call.header, { location: hrefOf(number) }),
    }),
});

const replaceRoute = (customers: MappedCustomer): Route => ({
  ...changing,
  id: 'replaceCustomer',
  method: 'PUT',
  path: `${path}/{id}`,
  summary: 'Update/Replace an existing customer',
  scopes: replaceCustomer.scopes,
  params: customerParams,
  body: modelBody,
  replies: { 200: { description: 'The customer, replaced', schema: changedSchema }, ...changeReplies },
  handle: async (call, door) =>
    customers.update(call, door, {
      customerId: await idOf(call, door),
      replaces: true,
      apply: (_document, body) => joined(withDefaults(body), sentIdOf(call)),
      check: checkOf(call),
      render: changed(call),
    }),
});

const patchRoute = (customers: MappedCustomer): Route => ({
  ...changing,
  id: 'patchCustomer',
  method: 'PATCH',
  path: `${path}/{id}`,
  summary: 'Change a part of a customer by a JSON Patch',
  scopes: updateCustomer.scopes,
  params: customerParams,
  body: { [jsonPatchType]: patchSchema },
  replies: { 200: { description: 'The customer, changed', schema: changedSchema }, ...changeReplies },
  handle: async (call, door) =>
    customers.update(call, door, {
      customerId: await idOf(call, door),
      apply(document) {
        const result = patched(document, call.body);
        return isObject(result) ? withTimeZones(result) : result;
      },
      check: checkOf(call),
      render: changed(call),
    }),
});

const deleteRoute = (customers: MappedCustomer): Route => ({
  ...changing,
  id: 'deleteCustomer',
  method: 'DELETE',
  path: `${path}/{id}`,
  summary: 'Delete a customer',
  scopes: deleteCustomer.scopes,
  params: customerParams,
  body: null,
  replies: { 200: { description: 'Deleted', schema: doneSchema }, ...changeReplies },
  handle: async (call, door) =>
    customers.remove(call, door, await idOf(call, door), () =>
      answer(200, { ok: true, id: numberOf(call) }, call.header),
    ),
});

const checkOf =
  ({ rawBody }: Call): CheckDocument =>
  (change) => [...checkCustomer(change), ...roundedAmounts(rawBody)];

const numberOf = (call: Call): number => Number(call.params['id']);

/** The id of the customer that the path names; one that nobody has where there is none, so that the door says so. */
const idOf = async (call: Call, door: Door): Promise<string> =>
  (await door.reader.idOfNumber(call.context, numberOf(call))) ?? call.context.newId();

const changed =
  (call: Call): Render =>
  (document) =>
    answer(200, joined({ ok: true, id: numberOf(call) }, document), call.header);

/** The id that the caller sent in the model, for the rule that it is that of the path. */
const sentIdOf = ({ body }: Call): JsonObject => {
  const id = isObject(body) ? body['customer_id'] : undefined;
  return id === undefined ? {} : { customer_id: id };
};

const hrefOf = (number: number): string => `/revio${path}/${number}`;

const linksOf = (document: JsonObject): JsonObject[] => {
  const link = (rel: string, number: unknown) =>
    typeof number === 'number' ? [{ rel, href: hrefOf(number) }] : [];
  return [...link('self', document['customer_id']), ...link('parent', document['parent_customer_id'])];
};
