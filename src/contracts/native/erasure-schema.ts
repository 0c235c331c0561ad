import Type from 'typebox';
import { type Erasure, erasureStatuses } from '../../customer/erasure-store.ts';

const moment = (description: string) => Type.Optional(Type.String({ format: 'date-time', description }));
const text = (description: string) => Type.Optional(Type.String({ description }));

/** An erasure as the native API tells it. */
export const erasureSchema = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    customerId: Type.String({ format: 'uuid' }),
    number: Type.Integer({ description: 'The number of the customer, which stays.' }),
    status: Type.String({ enum: [...erasureStatuses] }),
    heldBy: Type.Optional(
      Type.String({ enum: ['legal-hold', 'sub-customers'], description: 'What stands in its way.' }),
    ),
    requestedAt: Type.String({ format: 'date-time' }),
    requestedBy: Type.String(),
    dueAt: Type.String({ format: 'date-time', description: 'Until then it can be cancelled.' }),
    windowWaived: Type.Boolean(),
    reason: text('Why; gone once the customer is erased.'),
    cancelledAt: moment('When it was cancelled.'),
    cancelledBy: text('By whom.'),
    cancelReason: text('Why; gone once the customer is erased.'),
    erasedAt: moment('When the customer was erased.'),
    certificate: text('The signed certificate: a compact JWS (RFC 7515).'),
  },
  { title: 'Erasure' },
);

/** The body of an erasure. What is not so yet, or never was, is left out. */
export const erasureBody = ({ erasureId: id, ...erasure }: Erasure) =>
  Object.fromEntries(Object.entries({ id, ...erasure }).filter(([, value]) => value !== null));

/** A page of erasures. */
export const erasureList = Type.Object({
  erasures: Type.Array(erasureSchema),
  nextPageToken: Type.Optional(Type.String()),
});
