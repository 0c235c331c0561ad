import { createCustomer } from '../../customer/create-customer.ts';
import type { Door } from '../../customer/execute.ts';
import type { Reply } from '../../customer/operation.ts';
import { updateCustomer } from '../../customer/update-customer.ts';
import { ignoredMembers } from '../../mapping/ignored-members.ts';
import { noLinks } from '../../mapping/links.ts';
import type { Call, Route } from '../contract.ts';
import { knownReply, readingOne } from '../known-version.ts';
import type { MappedCustomer } from '../mapped-customer.ts';
import { objectOf } from '../object-body.ts';
import { normalBody } from './body.ts';
import { mandatoryFaults, valueFaults } from './body-faults.ts';
import { applied } from './change.ts';
import { completed, creationFaults } from './creation.ts';
import { checkAtOnce, checkParent, checkSubCustomer } from './eligible.ts';
import { routeIds } from './errors.ts';
import { roundedDecimals } from './exact-decimals.ts';
import { acknowledged } from './reply.ts';
import { ruleFaults } from './rules.ts';
import {
  answers,
  changeBody,
  changeHeaders,
  changeReplies,
  creationBody,
  customerParams,
  parentParams,
  readReplies,
} from './schemas.ts';
import { changeWire, creationWire } from './wire.ts';

const path = '/api/v2/customer/{id}';

/** The routes of one customer. */
export const customerRoutes = (customers: MappedCustomer): Route[] => [
  readRoute(customers),
  modifyRoute(customers),
  createRoute(customers),
];

const readRoute = (customers: MappedCustomer): Route => ({
  ...readingOne,
  id: routeIds.read,
  path,
  summary: 'Get customer details: the requester or a sub-customer',
  params: customerParams,
  replies: {
    200: { description: 'The customer', schema: answers.customer },
    ...knownReply,
    ...readReplies,
  },
  handle: (call, door) =>
    customers.read(call, door, idOf(call), (document, _customer, headers) => acknowledged(document, headers)),
});

const changing = { query: {}, headers: changeHeaders, bodyLimit: 'change' as const };

const modifyRoute = (customers: MappedCustomer): Route => ({
  ...changing,
  id: routeIds.update,
  method: 'PATCH',
  path,
  summary: 'Modify customer details of a sub-customer',
  scopes: updateCustomer.scopes,
  params: customerParams,
  body: changeBody,
  replies: {
    200: { description: 'Accepted; made exactly once', schema: answers.changing },
    ...changeReplies,
  },
  handle: (sent, door) => modify(customers, inNormalForm(sent), door),
});

const modify = (customers: MappedCustomer, call: Call, door: Door): Promise<Reply> => {
  const body = ignoredMembers(changeWire, objectOf(call.body)).body;
  return customers.update(call, door, {
    customerId: idOf(call),
    wire: changeWire,
    alwaysLater: true,
    apply: applied,
    check: ({ after, before = {} }) => ruleFaults({ document: after, before, body }),
    eligible(current, context) {
      checkSubCustomer(current, context);
      if (call.finishes || !current) return;
      const seen = () => customers.show(current, context, noLinks);
      checkAtOnce(call, current, () => [
        ...mandatoryFaults(body),
        ...valueFaults(body, seen),
        ...roundedDecimals(call.rawBody),
      ]);
    },
    render: () => acknowledged(requestOf(call)),
    renderAccepted: ({ requestId }) => acknowledged({ requestId }),
  });
};

const createRoute = (customers: MappedCustomer): Route => ({
  ...changing,
  id: routeIds.create,
  method: 'POST',
  path,
  summary: 'Create a sub-customer',
  scopes: createCustomer.scopes,
  params: parentParams,
  body: creationBody,
  replies: {
    200: { description: 'Accepted; made exactly once', schema: answers.creating },
    ...changeReplies,
  },
  handle: (sent, door) => create(customers, inNormalForm(sent), door),
});

const create = (customers: MappedCustomer, call: Call, door: Door): Promise<Reply> => {
  const document = completed(ignoredMembers(creationWire, objectOf(call.body)).body);
  return customers.create(call, door, {
    wire: creationWire,
    alwaysLater: true,
    complete: () => document,
    fix: (data) => ({ ...data, parentId: idOf(call) }),
    eligible(_current, context, world) {
      checkParent(idOf(call), context, world);
      if (call.finishes) return;
      checkAtOnce(call, undefined, () => [...creationFaults(document), ...roundedDecimals(call.rawBody)]);
    },
    render: (_document, { id }) => acknowledged({ ...requestOf(call), customerId: id }),
    renderAccepted: ({ requestId, customerId }) => acknowledged({ requestId, customerId }),
  });
};

const idOf = (call: Call): string => call.params['id'] as string;

/** The request that is carried out. */
const requestOf = ({ finishes }: Call) => ({ requestId: finishes?.requestId ?? '' });

const inNormalForm = (call: Call): Call => ({ ...call, body: normalBody(objectOf(call.body)) });
