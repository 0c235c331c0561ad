import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';

/** What is sent, as for `fetch`. */
export interface Asked {
  method: string;
  headers: Record<string, string>;
  body?: string | Uint8Array;
}

/** Sends a request and reads the answer, over connections that are kept: a fifth of the work that `fetch` makes of it. */
export const ask = (
  url: string,
  { method, headers, body }: Asked,
): Promise<{ status: number; headers: Headers; text: string }> =>
  new Promise((resolve, reject) => {
    // As bytes: Node would write a text and the headers together, and spoil a header that is not ASCII.
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    const length = bytes && { 'content-length': String(bytes.length) };
    const outgoing = request(url, { agent, method, headers: { accept: '*/*', ...length, ...headers } });
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      const answer = (read: string) => ({
        status: incoming.statusCode as number,
        headers: headersOf(incoming),
        text: read,
      });
      text(incoming).then(answer).then(resolve, reject);
    });
    outgoing.end(bytes);
  });

const agent = new Agent({ keepAlive: true });

const headersOf = ({ headersDistinct }: IncomingMessage): Headers =>
  new Headers(
    Object.entries(headersDistinct).flatMap(([name, values = []]) =>
      values.map((value): [string, string] => [name, value]),
    ),
  );
