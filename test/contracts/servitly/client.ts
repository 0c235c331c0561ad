import type { JsonObject } from '../../../src/schema/json.ts';
import type { Caller } from '../../support/caller.ts';
import type { Answer, Client, SendOptions } from '../../support/client.ts';

/** A login as Servitly answers it. */
export type Login = Answer['body'] & {
  token: string;
  tokenExpirationTimestamp: number;
  refreshToken: string;
  userId: string;
  tenantId: string;
};

/** The login call of a caller, prefix included. */
export const loginCall = ({ keyId, secret, tenantName }: Omit<Caller, 'address' | 'tenantId'>) => ({
  method: 'POST',
  path: '/servitly/identity/users/patLogin',
  headers: { 'x-servitly-tenant': tenantName },
  body: { apiKey: keyId, pat: secret },
});

/** The headers of a caller who logged in; where the login is refused, the secret stands in the place of the token. */
export const servitlyHeaders = async (caller: Caller): Promise<Record<string, string>> => {
  const { path, method, headers, body } = loginCall(caller);
  const answer = await fetch(caller.address + path, {
    method,
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const { token = caller.secret } = (await answer.json()) as { token?: string };
  return bearing(token, caller.tenantName);
};

/** The headers of a token. */
export const bearing = (token: string, tenantName: string): Record<string, string> => ({
  authorization: `Bearer ${token}`,
  'x-servitly-tenant': tenantName,
});

/** A client that is logged in. Paths are below the prefix. */
export interface ServitlyClient {
  login: Login;
  send(method: string, path: string, options?: SendOptions): Promise<Answer>;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  put(id: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  patch(id: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** The page of customers that a query gives. */
  list(query: Record<string, string> | [string, string][]): Promise<Answer>;
}

/** Logs in with a key. */
export const logIn = async (client: Client & { keyId: string }): Promise<ServitlyClient> => {
  const { method, path, ...options } = loginCall(client);
  const { body: login, status, text } = await client.send(method, path, options);
  if (status !== 200) throw new Error(`Not logged in: ${status} ${text}`);
  const shown = bearing(login['token'], client.tenantName);
  const send: ServitlyClient['send'] = (verb, below, { headers, ...rest } = {}) =>
    client.send(verb, `/servitly${below}`, { ...rest, headers: { ...shown, ...headers } });
  return {
    login: login as Login,
    send,
    get: (below, headers = {}) => send('GET', below, { headers }),
    put: (id, body, headers = {}) => send('PUT', `/network/customers/${id}`, { body, headers }),
    patch: (id, body, headers = {}) => send('PATCH', `/network/customers/${id}`, { body, headers }),
    list: (query) => send('GET', `/v2/network/customers?${new URLSearchParams(query)}`),
  };
};

/** The names of the customers of a list. */
export const namesIn = ({ body }: Answer): unknown[] =>
  (body['content'] as JsonObject[]).map(({ name }) => name);
