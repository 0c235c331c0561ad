import Type from 'typebox';
import type { TextReply } from '../../customer/operation.ts';
import { type ErrorCode, errorTable, type Fault, type Refusal } from '../../errors.ts';
import { parsePointer } from '../../schema/pointer.ts';

/**
 * A refusal as Keypro's page shows them: `{"details": "…"}`. What is wrong with a request (400) is told member by
 * member, as Django REST framework does, which the service is built like.
 */
export const errorReply = (refusal: Refusal): TextReply => {
  const status = statuses[refusal.code] ?? refusal.status;
  const body = status === 400 ? messagesOf(refusal) : { details: detailsOf(refusal) };
  return {
    status,
    headers: { 'content-type': 'application/json', ...refusal.headers },
    body: JSON.stringify(body),
  };
};

/** What an error answer looks like. */
export const errorSchema = Type.Unsafe({
  title: 'Error',
  anyOf: [
    Type.Object(
      { details: Type.String({ description: 'What went wrong.' }) },
      { additionalProperties: false, title: 'Details' },
    ),
    Type.Record(Type.String(), Type.Array(Type.String(), { minItems: 1 }), {
      title: 'Messages',
      description:
        'What is wrong with each member, parameter or header; with the request as a whole under `non_field_errors`.',
    }),
  ],
});

/** A refused value is a bad request for Keypro, also one that another customer has. */
const statuses: Partial<Record<ErrorCode, number>> = { 'validation-failed': 400, 'already-taken': 400 };

const messagesOf = (refusal: Refusal): Record<string, string[]> => {
  const messages = new Map<string, string[]>();
  const add = (name: string, message: string) => messages.set(name, [...(messages.get(name) ?? []), message]);
  for (const fault of refusal.faults) add(memberOf(fault) || wholeRequest, messageOf(fault, refusal.code));
  if (messages.size === 0) add(wholeRequest, sentence(refusal.detail ?? errorTable[refusal.code].title));
  return Object.fromEntries(messages);
};

const wholeRequest = 'non_field_errors';

/** The member, or the name of a parameter or header. */
const memberOf = ({ pointer }: Fault): string =>
  pointer.startsWith('/') ? (parsePointer(pointer)[0] ?? '') : pointer;

const messageOf = (fault: Fault, code: ErrorCode): string => {
  const [, item] = fault.pointer.startsWith('/') ? parsePointer(fault.pointer) : [];
  const part = item === undefined ? (subjects[code] ?? 'This field') : `Item ${Number(item) + 1}`;
  const subject = memberOf(fault) === '' ? 'The request' : part;
  // Some rules of headers are told in whole sentences.
  return sentence(/^[A-Z]/.test(fault.detail) ? fault.detail : `${subject} ${fault.detail}`);
};

const subjects: Partial<Record<ErrorCode, string>> = {
  'invalid-query': 'This parameter',
  'invalid-header': 'This header',
};

const detailsOf = (refusal: Refusal): string => {
  switch (refusal.code) {
    case 'unauthenticated':
      return refusal.faults[0]?.rule === 'missing'
        ? 'Authentication credentials were not provided'
        : 'Invalid token.';
    case 'not-found':
      return 'Not found.';
    case 'forbidden':
    case 'reason-required':
    case 'restricted':
      return forbiddenText(refusal);
    default:
      return sentence(refusal.detail ?? errorTable[refusal.code].title);
  }
};

/** Which members, and what it would need to see or change them. */
const forbiddenText = ({ faults }: Refusal): string => {
  const reasons = [...new Set(faults.map(({ rule, detail }) => `${detail}${hints[rule] ?? ''}`))];
  const members = [...new Set(faults.map(memberOf).filter((name) => name !== ''))];
  const named = members.length === 0 ? '' : ` (${members.join(', ')})`;
  const why = reasons.length === 0 ? '' : `: ${reasons.join('; ')}`;
  return sentence(`You do not have permission to perform this action${why}${named}`);
};

const hints: Record<string, string> = { reason: ', given in the header Customary-Reason' };

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
