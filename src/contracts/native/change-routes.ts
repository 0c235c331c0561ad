import { createCustomer } from '../../customer/create-customer.ts';
import { deleteCustomer } from '../../customer/delete-customer.ts';
import { undoChange } from '../../customer/undo-change.ts';
import { replaceCustomer, updateCustomer } from '../../customer/update-customer.ts';
import type { Contract, Route } from '../contract.ts';
import { jsonPatchSchema, jsonPatchType } from '../json-patch.ts';
import { objectOf } from '../object-body.ts';
import { batchRoute } from './batch-route.ts';
import { changeOf } from './change.ts';
import { type ChangeCustomer, changeCustomer } from './change-customer.ts';
import { changedReplies, customerSchema, dryRunReply } from './reply-schemas.ts';
import {
  changeHeaders,
  changeQuery,
  changeReplies,
  customerIdOf,
  customerParams,
  dryRunQuery,
  versionParams,
  writableSchema,
} from './schemas.ts';
import { nativeView } from './view.ts';

/** The routes that change customers. */
export const changeRoutes = (contract: () => Contract): Route[] => {
  const change = changeCustomer(contract);
  return [
    createRoute(change),
    updateRoute(change),
    replaceRoute(change),
    deleteRoute(change),
    undoRoute(change),
    batchRoute(contract),
  ];
};

const common = { headers: changeHeaders, bodyLimit: 'change' as const };

const createRoute = (change: ChangeCustomer): Route => ({
  ...common,
  id: 'createCustomer',
  method: 'POST',
  path: '/customers',
  summary: 'Create a customer',
  scopes: createCustomer.scopes,
  params: {},
  query: dryRunQuery,
  body: { 'application/json': writableSchema },
  replies: {
    200: dryRunReply,
    201: { description: 'The customer, created', schema: customerSchema },
    ...changeReplies,
  },
  handle: (call, door) =>
    change(call, door, createCustomer, call.context.newId(), {
      view: nativeView,
      document: objectOf(call.body),
    }),
});

const updateRoute = (change: ChangeCustomer): Route => ({
  ...common,
  id: 'updateCustomer',
  method: 'PATCH',
  path: '/customers/{id}',
  summary: 'Change a part of a customer (merge patch or JSON Patch)',
  scopes: updateCustomer.scopes,
  params: customerParams,
  query: changeQuery,
  body: {
    'application/merge-patch+json': writableSchema,
    'application/json': writableSchema,
    [jsonPatchType]: jsonPatchSchema(),
  },
  replies: { ...changedReplies('The customer, changed'), ...changeReplies },
  handle: (call, door) => {
    const language = call.contentType === jsonPatchType ? 'jsonPatch' : 'mergePatch';
    return change(call, door, updateCustomer, customerIdOf(call), changeOf(language, call.body));
  },
});

const replaceRoute = (change: ChangeCustomer): Route => ({
  ...common,
  id: 'replaceCustomer',
  method: 'PUT',
  path: '/customers/{id}',
  summary: 'Replace a customer',
  scopes: replaceCustomer.scopes,
  params: customerParams,
  query: changeQuery,
  body: { 'application/json': writableSchema },
  replies: { ...changedReplies('The customer, replaced'), ...changeReplies },
  handle: (call, door) =>
    change(call, door, replaceCustomer, customerIdOf(call), changeOf('replace', call.body)),
});

const deleteRoute = (change: ChangeCustomer): Route => ({
  ...common,
  id: 'deleteCustomer',
  method: 'DELETE',
  path: '/customers/{id}',
  summary: 'Delete a customer',
  scopes: deleteCustomer.scopes,
  params: customerParams,
  query: dryRunQuery,
  body: null,
  replies: { 200: dryRunReply, 204: { description: 'Deleted' }, ...changeReplies },
  handle: (call, door) => change(call, door, deleteCustomer, customerIdOf(call), null),
});

const undoRoute = (change: ChangeCustomer): Route => ({
  ...common,
  id: 'undoChange',
  method: 'POST',
  path: '/customers/{id}/history/{version}/undo',
  summary: 'Take one change back',
  scopes: undoChange.scopes,
  params: versionParams,
  query: dryRunQuery,
  body: null,
  replies: {
    ...changedReplies('The customer without the change'),
    ...changeReplies,
  },
  handle: (call, door) =>
    change(call, door, undoChange, customerIdOf(call), { version: Number(call.params['version']) }),
});
