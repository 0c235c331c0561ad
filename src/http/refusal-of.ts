import type { FastifyBaseLogger } from 'fastify';
import { Refusal } from '../errors.ts';
import { describeError } from './describe-error.ts';

/** The refusal that an error means to the caller; what the caller may not know goes to the log alone. */
export const refusalOf = (error: unknown, log: FastifyBaseLogger, requestId: string): Refusal => {
  if (error instanceof Refusal) {
    if (error.status >= 500)
      log.error({ requestId, code: error.code, cause: describeError(error.cause) }, 'request refused');
    return error;
  }
  const code = (error as { code?: unknown }).code;
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE' || code === 'FST_ERR_CTP_INVALID_TYPE') {
    return new Refusal('unsupported-media-type');
  }
  if (code === 'ECONNRESET') {
    log.info({ requestId }, 'the client went away');
    return new Refusal('invalid-json', { detail: 'The body did not arrive' });
  }
  const status = (error as { statusCode?: unknown }).statusCode;
  if (typeof status === 'number' && status >= 400 && status < 500) {
    log.info({ requestId, code }, 'request not understood');
    return new Refusal('invalid-json', { detail: 'The request could not be read' });
  }
  log.error({ requestId, error: describeError(error) }, 'request failed');
  return new Refusal('internal-error');
};
