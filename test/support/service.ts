import { v7 as uuidv7 } from 'uuid';
import { createApiKey } from '../../src/access/api-key.ts';
import { type Scope, scopes } from '../../src/access/scopes.ts';
import { type App, type AppOptions, startApp } from '../../src/app.ts';
import { type Config, readConfig } from '../../src/config.ts';
import { insertKey } from '../../src/storage/api-keys.ts';
import { createTenant } from '../../src/storage/tenants.ts';
import { type Client, createClient } from './client.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { noLimits } from './no-limits.ts';
import { sourceKey } from './source-key.ts';

/** A running service on a database of its own, with one tenant and a key of all scopes. */
export interface TestService extends Client {
  app: App;
  config: Config;
  database: TestDatabase;
  tenantId: string;
  /** The id of the key of all scopes. */
  keyId: string;
  /** Makes another tenant with a key of all scopes, and its client. */
  otherTenant(name?: string): Promise<Client & { tenantId: string; keyId: string }>;
  /** Makes a key, of this tenant unless another is named, and its client. */
  withKey(key?: KeyOptions): Promise<Client & { keyId: string }>;
  stop(): Promise<void>;
}

/** What a key may, of this tenant unless another is named; a member that is left out limits nothing. */
export interface KeyOptions {
  tenantId?: string;
  name?: string;
  scopes?: readonly Scope[];
  customerId?: string;
  contract?: string;
  expiresAt?: Date;
}

interface ServiceOptions extends AppOptions {
  settings?: Record<string, string>;
  /** Serve a database that another service of the test made. */
  database?: TestDatabase;
}

/** Starts a service in this process, on a free port of the loopback address. */
export const startService = async (options: ServiceOptions = {}): Promise<TestService> => {
  const database = options.database ?? (await createTestDatabase());
  const config = readConfig({
    DATABASE_URL: database.url,
    PORT: '0',
    LOG_LEVEL: 'silent',
    ...noLimits,
    ...sourceKey,
    ...options.settings,
  });
  const app = await startApp(config, options);
  const tenantNames = new Map<string, string>();
  const makeTenant = async (name: string) => {
    const { id } = await createTenant(app.database, uuidv7(), name);
    tenantNames.set(id, name);
    return id;
  };
  const makeKey = async (tenantId: string, key: KeyOptions = {}) => {
    const made = createApiKey(tenantId);
    await app.database.inTenant(tenantId, (sql) =>
      insertKey(sql, tenantId, {
        ...made,
        name: key.name ?? `key-${made.keyId}`,
        scopes: [...(key.scopes ?? scopes)],
        contract: key.contract ?? null,
        customerId: key.customerId ?? null,
        expiresAt: key.expiresAt ?? null,
      }),
    );
    return made;
  };
  const tenantId = await makeTenant(`tenant-${uuidv7()}`);
  const clientOf = (of: string, secret: string) => createClient(app.address, secret, tenantNames.get(of));
  const { secret, keyId } = await makeKey(tenantId, { name: 'main' });
  return {
    ...clientOf(tenantId, secret),
    app,
    config,
    database,
    tenantId,
    keyId,
    async otherTenant(name = `tenant-${uuidv7()}`) {
      const other = await makeTenant(name);
      const key = await makeKey(other);
      return { ...clientOf(other, key.secret), tenantId: other, keyId: key.keyId };
    },
    async withKey(key = {}) {
      const of = key.tenantId ?? tenantId;
      const made = await makeKey(of, key);
      return { ...clientOf(of, made.secret), keyId: made.keyId };
    },
    async stop() {
      await app.stop();
      if (!options.database) await database.drop();
    },
  };
};
