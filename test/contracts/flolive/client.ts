import { vi } from 'vitest';
import type { Caller } from '../../support/caller.ts';
import type { Answer, Client, SendOptions } from '../../support/client.ts';

/** The headers of a caller of floLIVE's contract. */
export const floliveHeaders = ({ secret }: Pick<Caller, 'secret'>): Record<string, string> => ({
  authorization: `Bearer ${secret}`,
});

/** A client as one written for floLIVE is: only its base URL is ours. */
export interface Flolive {
  read(id: string, headers?: Record<string, string>): Promise<Answer>;
  modify(id: string, body: unknown, options?: SendOptions): Promise<Answer>;
  create(parentId: string, body: unknown, options?: SendOptions): Promise<Answer>;
  status(requestId: string, version?: 'v2' | 'v3'): Promise<Answer>;
  /** The end of a request that was accepted. */
  ended(accepted: Answer): Promise<{ status: string; reason?: string }>;
  /** The same by its id. */
  endOf(requestId: string): Promise<{ status: string; reason?: string }>;
  /** A modification and its end. */
  modified(id: string, body: unknown): Promise<{ status: string; reason?: string }>;
  /** The customer's document. */
  customer(id: string): Promise<Answer['body']>;
}

/** Makes floLIVE's client of a key. */
export const floliveClient = (client: Pick<Client, 'send'>): Flolive => {
  const customer = (id: string) => `/flolive/api/v2/customer/${id}`;
  const flolive: Flolive = {
    read: (id, headers = {}) => client.send('GET', customer(id), { headers }),
    modify: (id, body, options = {}) => client.send('PATCH', customer(id), { body, ...options }),
    create: (parentId, body, options = {}) => client.send('POST', customer(parentId), { body, ...options }),
    status: (requestId, version = 'v2') =>
      client.send('GET', `/flolive/api/${version}/global/call/${requestId}`),
    ended: (accepted) => flolive.endOf(contentOf(accepted)['requestId']),
    endOf: (requestId) =>
      vi.waitUntil(
        async () => {
          const answer = await flolive.status(requestId);
          const content = contentOf(answer) as { status: string; reason?: string };
          return content.status === 'OPEN' ? undefined : content;
        },
        { timeout: 20_000, interval: 5 },
      ),
    modified: async (id, body) => flolive.ended(await flolive.modify(id, body)),
    customer: async (id) => contentOf(await flolive.read(id)),
  };
  return flolive;
};

/** The one thing of a success. */
export const contentOf = ({ status, text, body }: Answer): Answer['body'] => {
  if (status !== 200) throw new Error(`Refused: ${status} ${text}`);
  return body['content'][0];
};

/** A refusal as floLIVE's clients read it: HTTP status, code and message. */
export const nakOf = ({ status, body }: Answer): [status: number, code: string, message: string] => [
  status,
  body['errorCode'],
  body['errorMessage'],
];

/** What a refused change answers. */
export const notUpdated = (cause: string, status = 400): [number, string, string] => [
  status,
  'CUSTOMER_1003',
  `Failed to update customer details: ${cause}`,
];
