import Type from 'typebox';
import type { TextReply } from '../../customer/operation.ts';
import { type ErrorCode, errorTable, type Fault, type Refusal } from '../../errors.ts';
import { parsePointer } from '../../schema/pointer.ts';
import type { Asked } from '../contract.ts';
import { answer } from './reply.ts';
import { billingRouteId } from './schemas.ts';

/** A refusal as the error object of the SeamlessOS Connect API. */
export const errorReply = (refusal: Refusal, { route }: Pick<Asked, 'route'>): TextReply => {
  const { code, status = refusal.status, hint } = answers[refusal.code];
  // What replaces the billing details is those details: its members are named from there on.
  const within = route?.id === billingRouteId ? '/billing' : '';
  const body = {
    message: refusal.detail ?? errorTable[refusal.code].title,
    code,
    details: refusal.faults.map((fault) => detailOf(fault, propertyOf(refusal.code, fault, within))),
    ...(hint === undefined ? {} : { hint: isOfUser(refusal) ? userHint : hint }),
  };
  return answer(status, body, refusal.headers);
};

/** The error object: one sentence and a code, and each member that is wrong. */
export const errorSchema = Type.Object({
  message: Type.String({ description: 'What went wrong, for a person.' }),
  code: Type.String({ description: 'What went wrong, for a program.' }),
  details: Type.Array(
    Type.Object({
      message: Type.String(),
      code: Type.String({ enum: ['FIELD_REQUIRED', 'INVALID_FORMAT', 'INVALID_VALUE', 'TOO_LONG'] }),
      property: Type.String({
        description:
          'The member (`billing.address.country`, `userIds[1]`), parameter or header; empty for the whole.',
      }),
      suggestion: Type.Optional(Type.String({ description: 'What would be right.' })),
    }),
  ),
  hint: Type.Optional(Type.String({ description: 'What to do now.' })),
});

/** Whether the API key is good, and the token of the user beside it is not. */
const isOfUser = ({ code, faults }: Refusal): boolean =>
  code === 'unauthenticated' && faults.some(({ pointer }) => pointer !== '');

const userHint = 'Send the token of a user as Authorization: Bearer, or no Authorization at all.';

interface Answer {
  code: string;
  /** Where it is not that of the refusal. */
  status?: number;
  hint?: string;
}

const invalid: Answer = { code: 'VALIDATION_ERROR' };

/** Codes in capitals and the two of an idempotency key are the vendor's; those that its pages do not name are ours. */
const answers: Record<ErrorCode, Answer> = {
  'invalid-json': invalid,
  'malformed-request': invalid,
  'invalid-header': invalid,
  'invalid-query': invalid,
  'invalid-page-token': invalid,
  'invalid-patch': invalid,
  'validation-failed': { ...invalid, status: 400 },
  unauthenticated: { code: 'UNAUTHORIZED', hint: 'Send an API key as X-API-Key.' },
  forbidden: { code: 'FORBIDDEN' },
  'reason-required': { code: 'FORBIDDEN', hint: 'Say why in the header Customary-Reason.' },
  restricted: { code: 'FORBIDDEN' },
  'not-found': { code: 'NOT_FOUND' },
  'method-not-allowed': { code: 'METHOD_NOT_ALLOWED' },
  'not-acceptable': { code: 'NOT_ACCEPTABLE' },
  'request-timeout': { code: 'REQUEST_TIMEOUT' },
  'idempotency-key-in-progress': {
    code: 'idempotency_key_locked',
    hint: 'The first request is still running. Send this one again in 100 to 500 milliseconds.',
  },
  'idempotency-key-reused': {
    code: 'idempotency_key_mismatch',
    hint: 'Do not send this request again under the same key.',
  },
  'already-taken': { code: 'CONFLICT' },
  'patch-conflict': { code: 'CONFLICT' },
  'merge-conflict': { code: 'CONFLICT' },
  'has-sub-customers': { code: 'CONFLICT' },
  'legal-hold': { code: 'CONFLICT' },
  'erasure-scheduled': { code: 'CONFLICT' },
  'not-sealed': { code: 'CONFLICT' },
  erased: { code: 'GONE' },
  gone: { code: 'GONE' },
  'precondition-failed': { code: 'PRECONDITION_FAILED', hint: 'Read the customer again for its ETag.' },
  'payload-too-large': { code: 'PAYLOAD_TOO_LARGE' },
  'unsupported-media-type': { code: 'UNSUPPORTED_MEDIA_TYPE' },
  'headers-too-large': { code: 'HEADERS_TOO_LARGE' },
  'rate-limited': { code: 'RATE_LIMIT_EXCEEDED', hint: 'Wait as long as Retry-After says.' },
  'internal-error': { code: 'INTERNAL_ERROR' },
  unavailable: { code: 'SERVICE_UNAVAILABLE' },
};

const detailOf = ({ rule, detail }: Fault, property: string) => {
  const suggestion = suggestions.get(property.split('.').at(-1) as string);
  return {
    message: detail,
    code: codeOf(rule),
    property,
    ...(suggestion === undefined ? {} : { suggestion: `Write it like ${suggestion}` }),
  };
};

const codeOf = (rule: string): string => {
  if (rule === 'required' || rule === 'missing') return 'FIELD_REQUIRED';
  if (rule === 'maxLength' || rule === 'maxItems' || rule === 'maxBytes') return 'TOO_LONG';
  return formRules.has(rule) ? 'INVALID_FORMAT' : 'INVALID_VALUE';
};

const formRules: ReadonlySet<string> = new Set(['type', 'format', 'pattern', 'utf8', 'syntax']);

/** By a name that may be the client's own, so a map. */
const suggestions: ReadonlyMap<string, string> = new Map([
  ['email', 'name@example.com'],
  ['msisdn', '+15551234567'],
  ['country', 'SE'],
  ['currency', 'SEK'],
  ['preferredLocale', 'sv-SE'],
]);

/** `/users/1/name` as `users[1].name`; the name of a header or parameter as it is. */
const propertyOf = (code: ErrorCode, { pointer }: Fault, within: string): string => {
  if (code === 'invalid-page-token') return 'cursor';
  if (!pointer.startsWith('/')) return pointer;
  const inside = pointer.startsWith(`${within}/`) || pointer === within;
  return parsePointer(inside ? pointer.slice(within.length) : pointer)
    .map((name) => (/^\d+$/.test(name) ? `[${name}]` : `.${name}`))
    .join('')
    .replace(/^\./, '');
};
