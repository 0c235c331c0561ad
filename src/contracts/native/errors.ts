import Type from 'typebox';
import type { TextReply } from '../../customer/operation.ts';
import type { Fault, Refusal } from '../../errors.ts';
import { errorTable } from '../../errors.ts';

/** A refusal as a problem document (RFC 9457), with a stable type per cause and a pointer per fault. */
export const problemReply = (refusal: Refusal, { requestId }: { requestId: string }): TextReply => ({
  status: refusal.status,
  headers: { 'content-type': problemMediaType, ...refusal.headers },
  body: JSON.stringify({ ...problemOf(refusal), requestId }),
});

/** The members of a problem document, without the request it belongs to. */
export const problemOf = (refusal: Refusal) => ({
  type: `urn:customary:problem:${refusal.code}`,
  title: errorTable[refusal.code].title,
  status: refusal.status,
  ...(refusal.detail === undefined ? {} : { detail: refusal.detail }),
  ...(refusal.faults.length === 0 ? {} : { errors: refusal.faults.map(publicFault) }),
  ...refusal.extra,
});

/** Whose pointer it is matters within the service alone. */
const publicFault = ({ wire: _wire, ...fault }: Fault): Omit<Fault, 'wire'> => fault;

/** The media type of problem documents. */
export const problemMediaType = 'application/problem+json';

/** What a problem document looks like. */
export const problemSchema = Type.Object({
  type: Type.String({ description: 'Names the cause; stable.' }),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.Optional(Type.String()),
  requestId: Type.Optional(Type.String({ description: 'Finds the request in the logs.' })),
  errors: Type.Optional(
    Type.Array(
      Type.Object({
        pointer: Type.String({
          description: 'A JSON pointer into the body or the record, or the name of a header or parameter.',
        }),
        rule: Type.String(),
        detail: Type.String(),
      }),
    ),
  ),
});
