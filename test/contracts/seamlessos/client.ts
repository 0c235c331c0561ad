import { v7 as uuidv7 } from 'uuid';
import { openSession } from '../../../src/access/sessions.ts';
import { readLiveKey } from '../../../src/storage/api-keys.ts';
import { createSessionStore } from '../../../src/storage/sessions.ts';
import { withSecret } from '../../../src/storage/tenants.ts';
import type { Caller } from '../../support/caller.ts';
import type { Answer, Client, SendOptions } from '../../support/client.ts';
import type { KeyOptions, TestService } from '../../support/service.ts';

/** Sends as a SeamlessOS client does; paths are below `/seamlessos/customers`. */
export type Sender = (method: string, path?: string, options?: SendOptions) => Promise<Answer>;

/** The headers by which a caller shows its key, and no user's token. */
export const seamlessosHeaders = ({ secret }: Pick<Caller, 'secret'>): Record<string, string> => ({
  'x-api-key': secret,
  authorization: '',
});

/** Makes the sender of a key. */
export const seamlessosSender =
  (client: Client): Sender =>
  (method, path = '', options = {}) =>
    client.send(method, `/seamlessos/customers${path}`, {
      ...options,
      headers: { ...seamlessosHeaders(client), ...options.headers },
    });

/** What an error says: status, code, and each detail's code and property. */
export const errorOf = ({ status, body }: Answer): [number, string, string[]] => [
  status,
  body['code'],
  (body['details'] as { code: string; property: string }[]).map(
    ({ code, property }) => `${code} ${property}`,
  ),
];

/** A customer as a client creates one. */
export const newCustomer = { customerType: 'CONSUMER', name: 'Ada Lovelace' } as const;

/** The token of a user: what `customary token create` makes for a key. */
export const userToken = async (service: TestService, key: KeyOptions): Promise<string> => {
  const { database } = service.app;
  const tenantId = key.tenantId ?? service.tenantId;
  const { keyId } = await service.withKey(key);
  const live = await database.inTenant(tenantId, (sql) => readLiveKey(sql, tenantId, keyId));
  if (!live) throw new Error('The key is not live');
  const tenant = await withSecret(database, live.tenant);
  const named = { ...live, tenant };
  const session = await openSession(createSessionStore(database), uuidv7(), named, { tokenSeconds: 600 });
  return session.token;
};
