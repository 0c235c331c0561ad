import type { JsonObject } from '../../src/schema/json.ts';
import { ask } from './ask.ts';

/** An answer as a client sees it. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** The body, read as JSON; an empty object when there is none. */
  body: JsonObject & Record<string, any>;
}

/** What is sent beside the method and the path. */
export interface SendOptions {
  headers?: Record<string, string>;
  /** Sent as it is when it is a text or bytes, else as JSON. */
  body?: unknown;
  contentType?: string;
}

/** A client with a key. Paths are below the address, e.g. `/v1/customers`. */
export interface Client {
  address: string;
  secret: string;
  /** The name of the key's tenant, where the test says it. */
  tenantName: string;
  send(method: string, path: string, options?: SendOptions): Promise<Answer>;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  /** Creates a customer through the native API, and gives it. */
  create(data?: object, headers?: Record<string, string>): Promise<Answer['body']>;
  /** A merge patch through the native API. */
  patch(id: string, patch: unknown, headers?: Record<string, string>, query?: string): Promise<Answer>;
  jsonPatch(id: string, patch: unknown, headers?: Record<string, string>, query?: string): Promise<Answer>;
  put(id: string, data: unknown, headers?: Record<string, string>, query?: string): Promise<Answer>;
  remove(id: string, headers?: Record<string, string>): Promise<Answer>;
}

/** Makes the client of a key. */
export const createClient = (address: string, secret: string, tenantName = ''): Client => {
  const send: Client['send'] = async (method, path, { headers = {}, body, contentType } = {}) => {
    const raw = typeof body === 'string' || body instanceof Uint8Array;
    const type = contentType ?? (body === undefined ? undefined : 'application/json');
    const answer = await ask(address + path, {
      method,
      headers: {
        authorization: `Bearer ${secret}`,
        ...(type === undefined ? {} : { 'content-type': type }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: raw ? body : JSON.stringify(body) }),
    });
    const json = /json/.test(answer.headers.get('content-type') ?? '') && answer.text !== '';
    return { ...answer, body: json ? JSON.parse(answer.text) : {} };
  };
  const change = (method: string, contentType: string) =>
    ((id, body, headers = {}, query = '') =>
      send(method, `/v1/customers/${id}${query}`, { body, contentType, headers })) as Client['patch'];
  return {
    address,
    secret,
    tenantName,
    send,
    get: (path, headers = {}) => send('GET', path, { headers }),
    async create(data = { kind: 'person', name: 'Ada Lovelace' }, headers = {}) {
      const answer = await send('POST', '/v1/customers', { body: data, headers });
      if (answer.status !== 201) throw new Error(`Not created: ${answer.status} ${answer.text}`);
      return answer.body;
    },
    patch: change('PATCH', 'application/merge-patch+json'),
    jsonPatch: change('PATCH', 'application/json-patch+json'),
    put: change('PUT', 'application/json'),
    remove: (id, headers = {}) => send('DELETE', `/v1/customers/${id}`, { headers }),
  };
};
