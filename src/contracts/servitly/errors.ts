import Type from 'typebox';
import type { TextReply } from '../../customer/operation.ts';
import { type ErrorCode, errorTable, type Fault, type Refusal } from '../../errors.ts';
import { parsePointer } from '../../schema/pointer.ts';
import type { Asked } from '../contract.ts';
import { reply } from './reply.ts';

/** A refusal as Servitly's error object: the vendor's text of the status, and the cause where the caller can mend it. */
export const errorReply = (refusal: Refusal, { route }: Pick<Asked, 'route'>): TextReply => {
  const status = statuses[refusal.code] ?? refusal.status;
  // A login says so where the vendor's page "User login (PAT)" does.
  const isLogin = refusal.code === 'unauthenticated' && route?.id === 'patLogin';
  const text = isLogin ? 'Invalid credentials' : (texts[status] ?? errorTable[refusal.code].title);
  const cause = withoutCause.has(status) ? '' : causeOf(refusal);
  return reply(status, { message: cause === '' ? text : `${text}: ${cause}` }, refusal.headers);
};

/** Servitly's error object. */
export const errorSchema = Type.Object({
  message: Type.String({
    description: 'The text of the status; the cause may follow after a colon and a space.',
  }),
});

/** Servitly has no 422: a wrong value is a bad request. */
const statuses: Partial<Record<ErrorCode, number>> = { 'validation-failed': 400 };

/** The texts of the vendor's page, in its spelling; below them those of statuses that it does not have. */
const texts: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'User not authenticated',
  403: 'User not authorized',
  404: 'Resource not found',
  429: 'API call rate limit exeeded',
  500: 'Internal Server Error',
  405: 'Method not allowed',
  406: 'Not acceptable',
  408: 'Request timeout',
  409: 'Conflict',
  410: 'Gone',
  412: 'Precondition failed',
  413: 'Payload too large',
  415: 'Unsupported media type',
  431: 'Request header fields too large',
  503: 'Service unavailable',
};

/** Statuses that say all there is to say. */
const withoutCause: ReadonlySet<number> = new Set([401, 404, 405, 429, 500, 503]);

const causeOf = ({ code, detail, faults }: Refusal): string => {
  if (faults.length === 0) return detail ?? errorTable[code].title;
  // The offer of media types is a sentence of its own.
  return code === 'unsupported-media-type' ? faults[0]!.detail : faults.map(faultText).join('; ');
};

/** A predicate follows the name it is said of; a whole sentence stands by itself, after the name where it has not said it. */
const faultText = ({ pointer, detail }: Fault): string => {
  const name = nameOf(pointer);
  if (name === '' || detail.startsWith(name)) return detail;
  return /^[A-Z]/.test(detail) ? `${name}: ${detail}` : `${name} ${detail}`;
};

/** `/properties/foo` as `properties.foo`; the name of a header or parameter as it is. Names may be the caller's own. */
const nameOf = (pointer: string): string => {
  const name = pointer.startsWith('/') ? parsePointer(pointer).join('.') : pointer;
  return name.length > longestName ? `${name.slice(0, longestName)}…` : name;
};

const longestName = 200;
