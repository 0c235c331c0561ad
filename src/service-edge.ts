import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { type Credentials, createCredentials } from './access/credentials.ts';
import { createSessions } from './access/sessions.ts';
import type { Config } from './config.ts';
import { createContractLimits } from './http/contract-limits.ts';
import type { CountedWindows } from './http/counted-windows.ts';
import { createRateLimiter } from './http/rate-limit.ts';
import { createServer } from './http/server.ts';
import { createStrangers } from './http/strangers.ts';
import type { ServiceParts } from './service-jobs.ts';
import { type LiveKey, readLiveKey } from './storage/api-keys.ts';
import type { Database } from './storage/database.ts';
import { createSessionStore, readLiveSession } from './storage/sessions.ts';
import { withSecret } from './storage/tenants.ts';

/** Makes the HTTP server of a service, which does not listen yet. */
export const createEdge = (
  parts: ServiceParts & { log: FastifyBaseLogger },
  windows: CountedWindows,
): Promise<FastifyInstance> => {
  const { config, database, newId } = parts;
  const credentials = credentialsIn(database);
  return createServer({
    ...parts,
    credentials,
    sessions: createSessions(credentials, createSessionStore(database), newId),
    limitsOf: limitsIn(config, windows),
    addressLimiter: createRateLimiter(
      [{ name: 'address', quota: config.RATE_LIMIT_ADDRESS_PER_MINUTE, windowSeconds: 60 }],
      () => performance.now(),
    ),
    strangers: createStrangers(config.RATE_LIMIT_ADDRESS_PER_MINUTE, () => performance.now()),
    limits: { changeBytes: config.BODY_LIMIT_BYTES, batchBytes: config.BATCH_LIMIT_BYTES },
    ping: () => database.inNone((sql) => sql('SELECT 1')).then(() => undefined),
  });
};

const credentialsIn = (database: Database): Credentials =>
  createCredentials({
    key: async (tenantId, keyId) =>
      withItsTenant(database, await database.inTenant(tenantId, (sql) => readLiveKey(sql, tenantId, keyId))),
    session: async (name) =>
      withItsTenant(
        database,
        await database.readInTenant(name.tenantId, (sql) => readLiveSession(sql, name)),
      ),
  });

const limitsIn = (config: Config, windows: CountedWindows): ReturnType<typeof createContractLimits> =>
  createContractLimits({
    perKey: { name: 'key', quota: config.RATE_LIMIT_KEY_PER_SECOND, windowSeconds: 1 },
    perTenant: { name: 'tenant', quota: config.RATE_LIMIT_TENANT_PER_SECOND, windowSeconds: 1 },
    quotaOf: (setting) => quotaOf(config, setting),
    windows,
    now: () => performance.now(),
  });

/** A key that was found, with all of its tenant. */
const withItsTenant = async <Key extends LiveKey>(database: Database, key: Key | undefined) =>
  key && { ...key, tenant: await withSecret(database, key.tenant) };

/** The quota that a contract names by its setting. */
const quotaOf = (config: Config, setting: string): number => {
  const value: unknown = Object.hasOwn(config, setting) ? config[setting as keyof Config] : undefined;
  if (typeof value === 'number') return value;
  throw new Error(`There is no setting ${setting} with a number`);
};
