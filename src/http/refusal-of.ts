import type { FastifyBaseLogger } from 'fastify';
import { OperatorError, Refusal } from '../errors.ts';

/** The refusal that an error means to the caller; what the caller may not know goes to the log alone. */
export const refusalOf = (
  error: unknown,
  log: FastifyBaseLogger,
  requestId: string,
  stopping: boolean,
): Refusal => {
  if (error instanceof Refusal) {
    if (error.status >= 500)
      log.error({ requestId, code: error.code, cause: describe(error.cause) }, 'request refused');
    return error;
  }
  const code = (error as { code?: unknown }).code;
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE' || code === 'FST_ERR_CTP_INVALID_TYPE') {
    return new Refusal('unsupported-media-type');
  }
  if (code === 'ECONNRESET') {
    log.info({ requestId }, stopping ? 'the body did not arrive before the stop' : 'the client went away');
    return new Refusal('invalid-json', { detail: 'The body did not arrive' });
  }
  const status = (error as { statusCode?: unknown }).statusCode;
  if (typeof status === 'number' && status >= 400 && status < 500) {
    log.info({ requestId, code }, 'request not understood');
    return new Refusal('invalid-json', { detail: 'The request could not be read' });
  }
  log.error({ requestId, error: describe(error) }, 'request failed');
  return new Refusal('internal-error');
};

/**
 * An error without its message, which may quote a value, unless it was written for the operator: name, code and where it
 * was thrown.
 */
const describe = (error: unknown): unknown => {
  if (!(error instanceof Error)) return error === undefined ? undefined : typeof error;
  const { code, routine, table, constraint } = error as Error & Record<string, unknown>;
  const stack = error.stack
    ?.replace(error.message, '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .map((line) => line.trim());
  const message = error instanceof OperatorError ? error.message : undefined;
  return { name: error.name, message, code, routine, table, constraint, stack };
};
