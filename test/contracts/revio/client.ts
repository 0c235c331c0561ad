import { expect } from 'vitest';
import { type Caller, callerOf } from '../../support/caller.ts';
import type { Answer, Client, SendOptions } from '../../support/client.ts';

/** Sends as a Rev.io client does; paths are below `/revio/v1/Customers`. */
export type Sender = (method: string, path?: string, options?: SendOptions) => Promise<Answer>;

/** The `Authorization` of a user of a client code. */
export const basic = (username: string, clientCode: string, password: string): string =>
  `Basic ${Buffer.from(`${username}@${clientCode}:${password}`).toString('base64')}`;

/** The headers by which a caller shows its key to Rev.io. */
export const revioHeaders = ({
  keyId,
  tenantName,
  secret,
}: Pick<Caller, 'keyId' | 'tenantName' | 'secret'>): Record<string, string> => ({
  authorization: basic(keyId, tenantName, secret),
});

/** Makes the sender of a key. */
export const revioSender =
  (client: Client): Sender =>
  (method, path = '', options = {}) =>
    client.send(method, `/revio/v1/Customers${path}`, {
      ...options,
      headers: { ...revioHeaders(callerOf(client)), ...options.headers },
    });

/** A JSON Patch as it is sent. */
export const patchOf = (...operations: object[]): SendOptions => ({
  body: operations,
  contentType: 'application/json-patch+json',
});

/** What an error says: its status and the members that it names, each once. */
export const faultsOf = ({ status, body }: Answer): [number, string[]] => [
  status,
  [...new Set((body['errors'] as { field: string }[]).map(({ field }) => field))],
];

/** Expects an error of this status in Rev.io's shape, as JSON. */
export const expectError = ({ status, body, headers }: Answer, expected: number) => {
  expect([status, body['ok'], typeof body['error']]).toEqual([expected, false, 'string']);
  expect(Object.keys(body)).toEqual(['ok', 'error', 'errors']);
  expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
};
