import Type from 'typebox';
import { scheduleErasure } from '../../customer/erasure.ts';
import type { ScheduledErasure } from '../../customer/erasure-store.ts';
import { Refusal } from '../../errors.ts';
import { instantOf } from '../../schema/formats.ts';
import { keyHeader } from '../change-headers.ts';
import type { Contract, Route } from '../contract.ts';
import { onceOf } from '../once.ts';
import { erasureBody, erasureSchema } from './erasure-schema.ts';
import { ofErasure, refusals, refused } from './of-erasure.ts';
import { bodyReader, reasonedSchema } from './reasons.ts';
import { jsonReply } from './reply.ts';
import { customerIdOf } from './schemas.ts';

/** Asks for the erasure of a customer. */
export const scheduleErasureRoute = (contract: () => Contract): Route => ({
  ...ofErasure,
  id: 'scheduleErasure',
  method: 'POST',
  summary: 'Schedule the erasure of a customer (GDPR Art. 17); it can be cancelled until it is due',
  headers: keyHeader,
  body: { 'application/json': askedSchema },
  replies: {
    200: { description: 'The same erasure was scheduled already', schema: erasureSchema },
    201: { description: 'Scheduled', schema: erasureSchema },
    ...refusals,
    409: refused('Sub-customers, a legal hold, another erasure, or a key in use'),
    413: refused('The body is too large'),
    415: refused('The content type is not supported'),
    422: refused('The moment is within the window, or the body is not as it should be'),
  },
  async handle(call, door) {
    const { reason, after, waiveWindow = false } = readAsked(call.body);
    const once = onceOf<ScheduledErasure>(contract(), call, ({ erasure, made }) =>
      jsonReply(made ? 201 : 200, erasureBody(erasure)),
    );
    const wish = { reason, after: momentOf(after), waiveWindow };
    return scheduleErasure(door, call.context, customerIdOf(call), wish, once);
  },
});

const askedSchema = reasonedSchema('Why; it is erased with the customer.', {
  after: Type.Optional(
    Type.String({ format: 'date-time', description: 'Not before this moment, which is after the window.' }),
  ),
  waiveWindow: Type.Optional(
    Type.Boolean({ default: false, description: 'At once: it can hardly be cancelled any more.' }),
  ),
});

const readAsked = bodyReader<{ reason: string; after?: string; waiveWindow?: boolean }>(askedSchema);

/** A moment that no calendar here knows, like a leap second, is refused: to ignore it would erase earlier than was asked. */
const momentOf = (after: string | undefined): Date | null => {
  if (after === undefined) return null;
  const moment = instantOf(after);
  if (moment) return moment;
  const detail = 'must be a date-time of the years 1 to 9999 that is no leap second';
  throw new Refusal('validation-failed', { faults: [{ pointer: '/after', rule: 'format', detail }] });
};
