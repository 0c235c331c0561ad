import type { IncomingMessage } from 'node:http';
import { type ErrorCode, Refusal } from '../errors.ts';

/**
 * The refusal of a request that does not say once for which host it is, or whose body is coded in a way that nobody
 * undoes here (RFC 9112 sections 3.2 and 6.1), or that expects what is not known (RFC 9110 section 10.1.1); undefined for
 * every other one.
 */
export const framingRefusal = ({
  httpVersion,
  headers,
  rawHeaders,
}: IncomingMessage): Refusal | undefined => {
  if (headers.host === undefined && httpVersion === '1.1')
    return malformed('Host', 'required', 'must be sent');
  if (countOf(rawHeaders, 'host') > 1) return malformed('Host', 'single', 'may be sent once only');
  if (
    headers.expect !== undefined &&
    httpVersion === '1.1' &&
    headers.expect.toLowerCase() !== '100-continue'
  )
    return refusalAt('expectation-failed', 'Expect', 'enum', 'must be 100-continue');
  const coding = headers['transfer-encoding'];
  return coding === undefined || coding.toLowerCase() === 'chunked'
    ? undefined
    : malformed('Transfer-Encoding', 'enum', 'must be chunked');
};

/** How many headers of a name were sent: names stand at even places, values at odd ones. */
const countOf = (rawHeaders: readonly string[], name: string): number => {
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const sent = rawHeaders[at] as string;
    if (sent.length === name.length && sent.toLowerCase() === name) count++;
  }
  return count;
};

const malformed = (pointer: string, rule: string, detail: string): Refusal =>
  refusalAt('malformed-request', pointer, rule, detail);

const refusalAt = (code: ErrorCode, pointer: string, rule: string, detail: string): Refusal =>
  new Refusal(code, { faults: [{ pointer, rule, detail }], headers: { connection: 'close' } });
