import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Asked, Contract } from '../contracts/contract.ts';
import { type ErrorCode, Refusal } from '../errors.ts';
import { contractAt, pathOf } from './asked.ts';

/** Answers what never became a request. */
export interface ClientErrors {
  /** Notes the contract that a connection speaks to. */
  note(socket: Socket, contract: Contract): void;
  answer(error: { code?: string; rawPacket?: unknown }, socket: Socket): void;
}

/**
 * Makes the answers to what is not HTTP, or too much of it, or too slow. The contract is that of the request line
 * where it can be read, else the one that the connection spoke to last, else the first of all. The connection ends
 * with the answer, because where the next request would begin is not known; after a whole request, with the answer to that.
 */
export const createClientErrors = (contracts: readonly Contract[], newId: () => string): ClientErrors => {
  const spoken = new WeakMap<Socket, Contract>();
  return {
    note(socket, contract) {
      if (spoken.get(socket) !== contract) spoken.set(socket, contract);
    },
    answer(error, socket) {
      const former = underWay(socket);
      // An answer is under way, into whose middle another one would be written; Node's own handler looks there too.
      if (error.code === 'ECONNRESET' || !socket.writable || former?.headersSent)
        return void socket.destroy();
      if (former?.req.complete) {
        // A whole request may well be carried out: what came after it must not be answered in its place.
        former.shouldKeepAlive = false;
        return;
      }
      const [code, rule, detail] = faults[error.code ?? ''] ?? malformed;
      const refusal = new Refusal(code, { faults: [{ pointer: '', rule, detail }] });
      const { method, url } = requestLineOf(error.rawPacket);
      const contract = contractAt(contracts, url) ?? spoken.get(socket) ?? (contracts[0] as Contract);
      const asked: Asked = { requestId: newId(), method, path: pathOf(url), header: () => undefined };
      const { status, headers, body } = contract.renderRefusal(refusal, asked);
      const fields = {
        ...headers,
        'request-id': asked.requestId,
        'content-length': String(Buffer.byteLength(body)),
        connection: 'close',
      };
      const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
      socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${body}`);
    },
  };
};

/** The answer that the connection is waiting for or carrying. */
const underWay = (socket: Socket): ServerResponse | null | undefined =>
  (socket as Socket & { _httpMessage?: ServerResponse | null })._httpMessage;

/** Method and URL of a packet that begins with a request line, however it goes on; else empty. */
const requestLineOf = (packet: unknown): { method: string; url: string } => {
  const start = Buffer.isBuffer(packet) ? packet.toString('latin1', 0, longestLine) : '';
  const [, method = '', url = ''] = /^\s*([A-Z]{1,20}) (\/\S*)/.exec(start) ?? [];
  return { method, url };
};

const longestLine = 4096;

/** Stands for a request that wants a tunnel, which Node hands over instead of a request. */
export const connectMethod = 'CONNECT';

type ClientFault = [ErrorCode, rule: string, detail: string];

const malformed: ClientFault = ['malformed-request', 'http', 'The request is not HTTP/1.1.'];

const faults: Record<string, ClientFault> = {
  HPE_HEADER_OVERFLOW: ['headers-too-large', 'maxBytes', 'The request line and headers are too long.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ['headers-too-large', 'maxBytes', 'The chunk extensions are too long.'],
  [connectMethod]: ['malformed-request', 'method', 'The service is no proxy: it has no CONNECT.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['request-timeout', 'timeout', 'The request did not arrive in time.'],
};
