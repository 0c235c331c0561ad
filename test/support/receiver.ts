import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import type { JsonObject } from '../../src/schema/json.ts';

/** A message as a subscriber gets it. */
export interface Message {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
  json: JsonObject & Record<string, any>;
}

/** A subscriber's server on the loopback address. */
export interface Receiver {
  url: string;
  /** Everything that it was sent, in the order of arrival. */
  messages: Message[];
  /** Waits until it was sent so many messages. */
  got(count: number): Promise<Message[]>;
}

/** What it answers: a status, or a status with headers. A promise holds the sender up. */
type Respond = (message: Message, index: number) => ReturnType<typeof answerNow> | Promise<number>;

const answerNow = (): number | [number, OutgoingHttpHeaders] => 204;

/** Starts one; it ends with the test, or with `until`. */
export const startReceiver = async (
  respond: Respond = answerNow,
  until: (end: () => void) => unknown = onTestFinished,
): Promise<Receiver> => {
  const messages: Message[] = [];
  let arrived = () => {};
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const json = JSON.parse(body || '{}');
    const message = { path: request.url ?? '', headers: request.headers, body, json };
    const index = messages.push(message) - 1;
    arrived();
    const answer = await respond(message, index);
    const [status, headers] = typeof answer === 'number' ? [answer, {}] : answer;
    response.writeHead(status, headers).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  until(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/in`,
    messages,
    async got(count) {
      while (messages.length < count) await new Promise<void>((resolve) => (arrived = resolve));
      return messages;
    },
  };
};

/** An answer that the test gives when it wants to. */
export const heldAnswer = (): { answer: Promise<number>; give(status: number): void } => {
  let give = (_status: number) => {};
  const answer = new Promise<number>((resolve) => (give = resolve));
  return { answer, give: (status) => give(status) };
};
