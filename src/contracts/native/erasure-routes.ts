import Type from 'typebox';
import { cancelErasure, readErasure } from '../../customer/erasure.ts';
import { Refusal } from '../../errors.ts';
import { keyHeader } from '../change-headers.ts';
import type { Contract, Route } from '../contract.ts';
import { onceOf } from '../once.ts';
import { erasureListRoute } from './erasure-list-route.ts';
import { erasureBody, erasureSchema } from './erasure-schema.ts';
import { ofErasure, refusals, refused } from './of-erasure.ts';
import { reasonOf } from './reasons.ts';
import { jsonReply } from './reply.ts';
import { scheduleErasureRoute } from './schedule-erasure-route.ts';
import { customerIdOf, readReplies } from './schemas.ts';

/** The routes of erasure (GDPR Art. 17). Those that read answer after it too. */
export const erasureRoutes = (contract: () => Contract): Route[] => [
  scheduleErasureRoute(contract),
  readRoute,
  cancelRoute(contract),
  certificateRoute,
  erasureListRoute,
];

const readRoute: Route = {
  ...ofErasure,
  id: 'readErasure',
  method: 'GET',
  summary: 'How the erasure of a customer stands, with the certificate once it is completed',
  headers: {},
  body: null,
  replies: { 200: { description: 'The newest erasure', schema: erasureSchema }, ...readReplies },
  handle: async (call, door) =>
    jsonReply(200, erasureBody(await readErasure(door, call.context, customerIdOf(call)))),
};

const cancelRoute = (contract: () => Contract): Route => ({
  ...ofErasure,
  id: 'cancelErasure',
  method: 'DELETE',
  summary: 'Cancel the erasure that is scheduled; needs `Customary-Reason`',
  headers: { ...keyHeader, 'Customary-Reason': 'Why it is cancelled.' },
  body: null,
  replies: {
    200: { description: 'The erasure, cancelled', schema: erasureSchema },
    ...refusals,
    409: refused('A key in use'),
  },
  handle: (call, door) =>
    cancelErasure(
      door,
      call.context,
      customerIdOf(call),
      reasonOf(call),
      onceOf(contract(), call, (erasure) => jsonReply(200, erasureBody(erasure))),
    ),
});

const certificateRoute: Route = {
  ...ofErasure,
  id: 'readErasureCertificate',
  path: '/customers/{id}/erasure/certificate',
  method: 'GET',
  summary: 'The signed certificate of a completed erasure: a compact JWS (RFC 7515)',
  headers: {},
  body: null,
  replies: {
    200: { description: 'The certificate', schema: Type.Object({ certificate: Type.String() }) },
    ...readReplies,
  },
  async handle(call, door) {
    const { certificate } = await readErasure(door, call.context, customerIdOf(call));
    if (certificate === null) throw new Refusal('not-found');
    return jsonReply(200, { certificate });
  },
};
