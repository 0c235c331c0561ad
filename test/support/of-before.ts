import { lookupSecret, wholeLookup } from '../../src/privacy/whole-tenant.ts';
import { readTenantSecrets, rewrapTenantSecret } from '../../src/storage/tenant-secrets.ts';
import type { TestService } from './service.ts';

/**
 * Makes a tenant into one that an earlier version made, which could not say that it is whole: as only who has its keys can.
 * All services that serve it are named, since each keeps in mind what it read.
 */
export const makeOfBefore = async (tenantId: string, ...services: TestService[]): Promise<void> => {
  const { database } = (services[0] as TestService).app;
  await database.keyring.with(tenantId, (keys) =>
    database.inTenant(tenantId, async (sql) => {
      const lookup = (await readTenantSecrets(sql, tenantId)).find((one) => one.purpose === lookupSecret);
      if (!lookup) throw new Error('There is no such tenant');
      const wrapped = keys.wrapSecret(lookupSecret, keys.unwrapSecret(wholeLookup, lookup.wrapped));
      await rewrapTenantSecret(sql, tenantId, lookup, { generation: keys.generation, wrapped });
      await sql(`DELETE FROM tenant_secret WHERE tenant_id = $1 AND purpose = 'checkpoint'`, [tenantId]);
    }),
  );
  for (const { app } of services) app.database.keyring.forget(tenantId);
};
