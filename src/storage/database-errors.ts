import { Refusal } from '../errors.ts';

/** Whether a transaction failed only because of others at the same time: trying again is right. */
export const isSerialisationFailure = (error: unknown): boolean => ['40001', '40P01'].includes(codeOf(error));

/** Whether the database can't be reached or is not taking work: the service answers 503 and goes on by itself. */
export const isAway = (error: unknown): boolean => {
  const code = codeOf(error);
  if (awayCodes.has(code) || awayClasses.some((start) => code.startsWith(start))) return true;
  const message = error instanceof Error ? error.message : '';
  return awayMessages.some((text) => message.includes(text));
};

/** Whether a write of `exactly` touched another number of rows than it should have. */
export const isWrongCount = (error: unknown): boolean => codeOf(error) === '22012';

/** The refusal of whatever needs the database meanwhile. */
export const unavailable = (cause: unknown): Refusal =>
  new Refusal('unavailable', {
    cause,
    detail: 'The database is away or too busy',
    headers: { 'retry-after': '1' },
  });

const codeOf = (error: unknown): string => {
  const code = typeof error === 'object' && error !== null ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : '';
};

/** Classes of errors (PostgreSQL, appendix A): connections, resources that run out, and the server's own machine. */
const awayClasses = ['08', '53', '58'];

const awayCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  '57P01', // the server shuts down
  '57P02',
  '57P03', // the server starts up
  '57014', // the statement took too long
  '25006', // read only: a standby that is not yet promoted
]);

/** What `pg` says without a code. */
const awayMessages = [
  'Connection terminated',
  'timeout exceeded when trying to connect',
  'Query read timeout',
  'not queryable',
];
