import { v7 as newUuid } from 'uuid';
import { createApiKey } from '../src/access/api-key.ts';
import type { Tenant } from '../src/access/principal.ts';
import { heldKeySource, readSourceKeys } from '../src/privacy/held-key-source.ts';
import type { TenantKeys } from '../src/privacy/tenant-keys.ts';
import { insertKey } from '../src/storage/api-keys.ts';
import { openDatabase } from '../src/storage/database.ts';
import { migrate } from '../src/storage/migrate.ts';
import { createTenant } from '../src/storage/tenants.ts';
import type { Database } from './postgres.ts';
import { sourceKey } from './service.ts';

/** Makes the service's tables, a tenant, and a key with which its customers can be read and changed in full. */
export const createBenchTenant = async (
  { ownerUrl, serviceUrl }: Database,
  sealing: boolean,
): Promise<{
  tenant: Tenant;
  keys: TenantKeys;
  key: { tenantName: string; keyId: string; secret: string };
}> => {
  await migrate({ connectionString: ownerUrl });
  const database = await openService(serviceUrl, sealing);
  try {
    const tenant = await createTenant(database, newUuid(), 'bench');
    const key = createApiKey(tenant.id);
    await database.inTenant(tenant.id, (sql) =>
      insertKey(sql, tenant.id, {
        ...key,
        name: 'bench',
        scopes: ['customer:read', 'customer:list', 'customer:write', 'personal:read', 'personal:write'],
        contract: null,
        customerId: null,
        expiresAt: null,
      }),
    );
    const keys = await database.keyring.with(tenant.id, async (one) => one);
    return { tenant, keys, key: { tenantName: tenant.name, keyId: key.keyId, secret: key.secret } };
  } finally {
    await database.close();
  }
};

/** Runs `work` with the keys of a tenant that was made already. */
export const withTenantKeys = async <T>(
  serviceUrl: string,
  tenantId: string,
  work: (keys: TenantKeys) => Promise<T>,
): Promise<T> => {
  const database = await openService(serviceUrl, true);
  return database.keyring.with(tenantId, work).finally(() => database.close());
};

/** Opens the benchmark's database as the service does. */
export const openService = async (serviceUrl: string, sealing: boolean) =>
  openDatabase({
    connection: { connectionString: serviceUrl },
    poolSize: 1,
    statementTimeoutMs: 10_000,
    role: null,
    prepare: true,
    keySource: await heldKeySource(async () => readSourceKeys(sourceKey, 'The benchmark')),
    sealing,
  });
