import type { TextReply } from '../../customer/operation.ts';
import { type ErrorCode, errorTable, type Fault, type Refusal } from '../../errors.ts';
import { parsePointer } from '../../schema/pointer.ts';
import type { Asked } from '../contract.ts';
import { refused } from './reply.ts';

/** A refusal as floLIVE's NAK. GLOBAL_1001, GLOBAL_1003 and CUSTOMER_1002, 1003 are the vendor's, the others ours. */
export const nak = (refusal: Refusal, asked: Pick<Asked, 'route'>): TextReply => {
  const [code, message, tellsCause] = codeOf(refusal.code, asked.route?.id);
  const status = refusal.code === 'validation-failed' ? 400 : refusal.status;
  return refused(status, code, tellsCause ? `${message}: ${causeOf(refusal)}` : message, refusal.headers);
};

/** The ids of the routes, by which a refusal knows what it is about. */
export const routeIds = {
  update: 'modifyCustomer',
  create: 'createCustomer',
  read: 'getCustomer',
  status: 'getCallStatus',
  statusV3: 'getCallStatusWithId',
} as const;

type Code = readonly [code: string, message: string, tellsCause: boolean];

const unavailable: Code = ['GLOBAL_1001', 'Service unavailable. Please try again', false];
const noSuchRequest: Code = ['GLOBAL_1003', 'Provided request ID does not exist for your account', false];
const noSuchCustomer: Code = ['CUSTOMER_1002', 'Customer does not exist', false];
const notUpdated: Code = ['CUSTOMER_1003', 'Failed to update customer details', true];
const notCreated: Code = ['CUSTOMER_1004', 'Failed to create customer', true];
const notUnderstood: Code = ['GLOBAL_1006', 'Request is not valid', true];

/** What a refusal is wherever it is met. */
const everywhere: Partial<Record<ErrorCode, Code>> = {
  unauthenticated: ['GLOBAL_1004', 'Unauthorized', false],
  'rate-limited': ['GLOBAL_1005', 'Too many requests', false],
  unavailable,
  'internal-error': unavailable,
  'request-timeout': unavailable,
};

const codeOf = (code: ErrorCode, route: string | undefined): Code => {
  const known = everywhere[code];
  if (known) return known;
  if (code === 'not-found' && route !== undefined) return isStatus(route) ? noSuchRequest : noSuchCustomer;
  if (route === routeIds.update) return notUpdated;
  return route === routeIds.create ? notCreated : notUnderstood;
};

const isStatus = (route: string): boolean => route === routeIds.status || route === routeIds.statusV3;

const causeOf = (refusal: Refusal): string => {
  const faults = refusal.faults.map(sentence).filter((one) => one !== '');
  return faults.length > 0 ? faults.join('; ') : (refusal.detail ?? errorTable[refusal.code].title);
};

const sentence = ({ pointer, detail }: Fault): string => `${nameOf(pointer)} ${detail}`.trim();

/** `/contact/0/emailAddress` as `contact[0].emailAddress`; the name of a header or parameter as it is. */
const nameOf = (pointer: string): string =>
  pointer.startsWith('/')
    ? parsePointer(pointer)
        .map((name) => (/^\d+$/.test(name) ? `[${name}]` : `.${name}`))
        .join('')
        .replace(/^\./, '')
    : pointer;
