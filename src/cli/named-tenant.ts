import type { Tenant } from '../access/principal.ts';
import type { Database } from '../storage/database.ts';
import { listTenants, readTenant } from '../storage/tenants.ts';
import { CommandFailure, exitCodes } from './command-failure.ts';

/** The tenant of a name. Throws CommandFailure (missing) with a hint. */
export const namedTenant = async (database: Database, name: string): Promise<Tenant> => {
  const row = (await listTenants(database)).find((one) => one.name === name);
  const tenant = row && (await readTenant(database, row.tenantId));
  if (tenant) return tenant;
  throw new CommandFailure(
    exitCodes.missing,
    `There is no tenant named ${JSON.stringify(name)}. "customary tenant list" shows the tenants.`,
  );
};
