import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Contract } from '../contracts/contract.ts';
import { type ErrorCode, Refusal } from '../errors.ts';

/**
 * Answers what is not HTTP, or too much of it, with a problem document. The connection ends with it, because where
 * the next request would begin is not known.
 */
export const answerClientError = (
  contract: Contract,
  error: { code?: string },
  socket: Socket,
  newId: () => string,
): void => {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const [code, rule, detail] = faults[error.code ?? ''] ?? malformed;
  const refusal = new Refusal(code, { faults: [{ pointer: '', rule, detail }] });
  const { status, headers, body } = contract.renderRefusal(refusal, { requestId: newId() });
  const fields = { ...headers, 'content-length': String(Buffer.byteLength(body)), connection: 'close' };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`);
};

type ClientFault = [ErrorCode, rule: string, detail: string];

const malformed: ClientFault = ['malformed-request', 'http', 'The request is not HTTP/1.1.'];

const faults: Record<string, ClientFault> = {
  HPE_HEADER_OVERFLOW: ['headers-too-large', 'maxBytes', 'The request line and headers are too long.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ['headers-too-large', 'maxBytes', 'The chunk extensions are too long.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['request-timeout', 'timeout', 'The request did not arrive in time.'],
};
