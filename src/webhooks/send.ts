import { type LookupAddress, lookup as resolve } from 'node:dns';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import { type AddressPolicy, literalAddress, mayConnect } from './address.ts';
import type { Failure } from './webhook.ts';

/** One message on its way. */
export interface Message {
  url: string;
  headers: Record<string, string>;
  body: string;
  timeoutMs: number;
  policy: AddressPolicy;
}

/**
 * Posts a message; undefined when it was taken (2xx), else why not. Never throws. The whole exchange has its time; a
 * redirection is not followed; every connection is new, so that each address is judged when it is used.
 */
export const sendMessage = async (message: Message): Promise<Failure | undefined> => {
  const url = new URL(message.url);
  const address = literalAddress(url);
  if (address !== undefined && !mayConnect(url, address, message.policy)) return failure(notAllowed);
  try {
    return judged(await exchange(url, message));
  } catch (error) {
    return failure(reasonOf(error));
  }
};

/** What a subscriber's answer leads to, by its status as OpenAPI writes it. */
export const answerMeanings = {
  '2XX': 'The event was taken, and is not sent again.',
  410: 'The webhook ends, and is sent nothing more.',
  default:
    'The event was not taken, and is sent again later; `Retry-After` in seconds is heeded, up to an hour. A redirection is not followed.',
} as const;

interface Answer {
  status: number;
  retryAfter: string | undefined;
}

const exchange = (url: URL, { headers, body, timeoutMs, policy }: Message): Promise<Answer> =>
  new Promise((resolveAnswer, reject) => {
    const post = url.protocol === 'https:' ? requestHttps : requestHttp;
    const request = post(url, {
      method: 'POST',
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      agent: false,
      lookup: lookupAllowed(url, policy),
      signal: AbortSignal.timeout(timeoutMs),
    });
    request.on('error', reject);
    // Where nobody listens to this, Node ends such an exchange without a word.
    request.on('upgrade', (response, socket) => {
      socket.destroy();
      resolveAnswer(answerOf(response));
    });
    request.on('response', (response) => {
      const answer = answerOf(response);
      let bytes = 0;
      // Nothing in the body matters; it is read so that the connection ends well, unless it does not end.
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > mostAnswerBytes) response.destroy();
      });
      // What goes wrong from here on changes nothing of the answer.
      request.on('error', () => resolveAnswer(answer));
      request.off('error', reject);
      response.on('error', () => {});
      response.on('close', () => resolveAnswer(answer));
    });
    request.end(body);
  });

const answerOf = ({ statusCode = 0, headers }: IncomingMessage): Answer => ({
  status: statusCode,
  retryAfter: headers['retry-after'],
});

const mostAnswerBytes = 65_536;
const notAllowed = 'address not allowed';

/** Resolves a host's name to the addresses that the message may go to; fails when there is none. */
const lookupAllowed =
  (url: URL, policy: AddressPolicy): LookupFunction =>
  (host, options, callback) =>
    resolve(host, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '');
      const addresses = found.filter(({ address }) => mayConnect(url, address, policy));
      const [first] = addresses as [LookupAddress?];
      if (!first) return callback(Object.assign(new Error(notAllowed), { code: notAllowed }), '');
      if (options.all) return callback(null, addresses);
      return callback(null, first.address, first.family);
    });

const judged = ({ status, retryAfter = '' }: Answer): Failure | undefined => {
  if (status >= 200 && status < 300) return undefined;
  const asked = /^\d{1,9}$/.test(retryAfter) ? Number(retryAfter) : 0;
  return {
    reason: `status ${status}`,
    retryAfterSeconds: Math.min(asked, mostRetryAfterSeconds),
    gone: status === 410,
  };
};

const mostRetryAfterSeconds = 3600;

const failure = (reason: string): Failure => ({ reason, retryAfterSeconds: 0, gone: false });

/** The code of an error; its message may quote what the other side says. */
const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'error';
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return 'timeout';
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^[\w ]{1,60}$/.test(code) ? code : 'error';
};
