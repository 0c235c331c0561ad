import { Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';
import type { Answer } from './client.ts';

/** An answer as it came over the wire, and the local port of the connection that carried it. */
export interface WireAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  /** The body as a problem document or whatever JSON it is. */
  body: Answer['body'];
  localPort: number;
}

interface WireRequest {
  method?: string;
  path: string;
  /** A value that is a list is sent as several headers. */
  headers?: OutgoingHttpHeaders;
  body?: string | Buffer;
}

/** A client of one connection: nothing it sends is put in order, and every answer tells whether it was the same one. */
export interface Wire {
  send(what: WireRequest): Promise<WireAnswer>;
  close(): void;
}

/** Opens a client that keeps one connection alive. */
export const openWire = (address: string, secret: string): Wire => {
  const { hostname, port } = new URL(address);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const send = ({ method = 'GET', path, headers = {}, body }: WireRequest): Promise<WireAnswer> =>
    new Promise((resolve, reject) => {
      // As bytes: Node would write a text and the headers together, and spoil a header that is not ASCII.
      const bytes = typeof body === 'string' ? Buffer.from(body) : body;
      const chunked = headers['transfer-encoding'] !== undefined;
      const outgoing = request({
        agent,
        hostname,
        port,
        method,
        path,
        headers: {
          'x-api-key': secret,
          ...(bytes === undefined || chunked ? {} : { 'content-length': bytes.length }),
          ...headers,
        },
      });
      outgoing.on('error', reject);
      outgoing.on('response', (incoming) => {
        const localPort = incoming.socket.localPort ?? 0;
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          const json = /json/.test(incoming.headers['content-type'] ?? '') && text !== '';
          const parsed = json ? (JSON.parse(text) as Answer['body']) : {};
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            text,
            body: parsed,
            localPort,
          });
        });
      });
      outgoing.end(bytes);
    });
  return { send, close: () => agent.destroy() };
};
