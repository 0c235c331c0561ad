import Type from 'typebox';
import type { TextReply } from '../../customer/operation.ts';
import { type ErrorCode, errorTable, type Refusal } from '../../errors.ts';
import { parsePointer } from '../../schema/pointer.ts';
import type { Asked } from '../contract.ts';
import { answer } from './reply.ts';

/** A refusal as Rev.io's error object, in the media type that the caller prefers. */
export const errorReply = (refusal: Refusal, { header }: Pick<Asked, 'header'>): TextReply =>
  answer(statuses[refusal.code] ?? refusal.status, bodyOf(refusal), header, refusal.headers);

/** Rev.io's error object: one sentence, and each member that is wrong with what is wrong about it. */
export const errorSchema = Type.Object({
  ok: Type.Literal(false),
  error: Type.String({ description: 'What went wrong, for a person.' }),
  errors: Type.Array(
    Type.Object({
      field: Type.String({
        description:
          'The member (`billing_address.city`, `fields[2].value`), parameter or header; else empty.',
      }),
      message: Type.String(),
    }),
  ),
});

/** Rev.io has no 422: whatever is wrong with a request is a bad request. */
const statuses: Partial<Record<ErrorCode, number>> = { 'validation-failed': 400 };

const bodyOf = (refusal: Refusal) => {
  if (refusal.code === 'unauthenticated') return { ok: false, error: signInText(refusal), errors: [] };
  return {
    ok: false,
    error: refusal.detail ?? errorTable[refusal.code].title,
    errors: refusal.faults.map(({ pointer, detail }) => ({ field: fieldOf(pointer), message: detail })),
  };
};

const signInText = ({ faults }: Refusal): string =>
  faults[0]?.rule === 'missing'
    ? 'Sign in with Basic authentication as username@clientcode'
    : 'The user name, client code or password is not valid';

/** `/fields/2/value` as `fields[2].value`; the name of a header or parameter as it is. */
const fieldOf = (pointer: string): string =>
  pointer.startsWith('/')
    ? parsePointer(pointer)
        .map((name) => (/^\d+$/.test(name) ? `[${name}]` : `.${name}`))
        .join('')
        .replace(/^\./, '')
    : pointer;
