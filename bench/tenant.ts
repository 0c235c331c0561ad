import { v7 as newUuid } from 'uuid';
import { createApiKey } from '../src/access/api-key.ts';
import type { Tenant } from '../src/access/principal.ts';
import { openDatabase } from '../src/storage/database.ts';
import { insertKey } from '../src/storage/keys.ts';
import { migrate } from '../src/storage/migrate.ts';
import { createTenant } from '../src/storage/tenants.ts';
import type { Database } from './postgres.ts';

/** Makes the service's tables, a tenant, and a key with which its customers can be read and changed in full. */
export const createBenchTenant = async ({
  ownerUrl,
  serviceUrl,
}: Database): Promise<{ tenant: Tenant; key: { tenantName: string; keyId: string; secret: string } }> => {
  await migrate({ connectionString: ownerUrl });
  const database = openDatabase({
    connection: { connectionString: serviceUrl },
    poolSize: 1,
    statementTimeoutMs: 10_000,
    role: null,
    prepare: true,
  });
  try {
    const tenant = await createTenant(database, newUuid(), 'bench');
    const key = createApiKey(tenant.id);
    await database.inTenant(tenant.id, (sql) =>
      insertKey(sql, tenant.id, {
        ...key,
        name: 'bench',
        scopes: ['customer:read', 'customer:write', 'personal:read', 'personal:write'],
        contract: null,
        customerId: null,
        expiresAt: null,
      }),
    );
    return { tenant, key: { tenantName: tenant.name, keyId: key.keyId, secret: key.secret } };
  } finally {
    await database.close();
  }
};
