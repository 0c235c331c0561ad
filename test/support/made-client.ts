import type { Answer, Client, SendOptions } from './client.ts';

/** What the made-up contract wants to know of a caller. */
export interface MadeCaller {
  address: string;
  keyId: string;
  secret: string;
  tenantName: string;
}

/** The headers of a caller of the made-up contract. */
export const madeHeaders = ({ keyId, secret, tenantName }: MadeCaller): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${keyId}@${tenantName}:${secret}`).toString('base64')}`,
  'made-tenant': tenantName,
});

/** Sends to the made-up contract; paths are below its prefix. */
export const madeSender =
  (client: Pick<Client, 'send'>, caller: MadeCaller) =>
  (method: string, path: string, options: SendOptions = {}): Promise<Answer> =>
    client.send(method, `/made${path}`, {
      ...options,
      headers: { ...madeHeaders(caller), ...options.headers },
    });
