import type { Tenant } from '../../src/access/principal.ts';
import { readTenant } from '../../src/storage/tenants.ts';
import type { TestService } from './service.ts';

/** The tenant of a test's service, or another one, as the service knows it. */
export const tenantOf = async (service: TestService, id = service.tenantId): Promise<Tenant> => {
  const tenant = await readTenant(service.app.database, id);
  if (!tenant) throw new Error('There is no such tenant');
  return tenant;
};
