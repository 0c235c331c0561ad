import type { Answer, Client, SendOptions } from '../../support/client.ts';

/** Calls Keypro's API with a key; paths are below `/keypro/api/v2`. */
export interface KeyproClient {
  send(method: string, path: string, options?: SendOptions): Promise<Answer>;
  get(path: string): Promise<Answer>;
  /** Changes members of a customer. */
  patch(id: number, members: object, headers?: Record<string, string>): Promise<Answer>;
  put(id: number, document: object, headers?: Record<string, string>): Promise<Answer>;
  /** Creates a customer, and gives it. */
  create(members?: object): Promise<Answer['body']>;
  /** The ids of the customers that a query finds, in their order. */
  found(query: string): Promise<number[]>;
}

/** Makes the client of a key. */
export const keyproClient = (client: Client): KeyproClient => {
  const send: KeyproClient['send'] = (method, path, options = {}) =>
    client.send(method, `/keypro/api/v2${path}`, {
      ...options,
      headers: { authorization: `Token ${client.secret}`, ...options.headers },
    });
  const get = (path: string) => send('GET', path);
  return {
    send,
    get,
    patch: (id, body, headers = {}) => send('PATCH', `/customers/${id}/`, { body, headers }),
    put: (id, body, headers = {}) => send('PUT', `/customers/${id}/`, { body, headers }),
    async create(body = { customer_name: 'Ada Lovelace' }) {
      const answer = await send('POST', '/customers/', { body });
      if (answer.status !== 201) throw new Error(`Not created: ${answer.status} ${answer.text}`);
      return answer.body;
    },
    async found(query) {
      const answer = await get(`/customers/?${query}`);
      if (answer.status !== 200) throw new Error(`Not listed: ${answer.status} ${answer.text}`);
      return answer.body['Results'].map((one: { id: number }) => one.id);
    },
  };
};
