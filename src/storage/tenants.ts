import type { Tenant } from '../access/principal.ts';
import { OperatorError } from '../errors.ts';
import { beginCheckpointsIn } from './checkpoints.ts';
import type { Database } from './database.ts';
import { firstKeys } from './first-keys.ts';
import { insertTenantKey } from './tenant-keys.ts';
import { insertTenantSecret } from './tenant-secrets.ts';

/** A tenant in the list of tenants. */
interface TenantRow {
  tenantId: string;
  name: string;
  createdAt: Date;
}

/** Makes a tenant, or finds it made: may be repeated with the same id. Throws OperatorError when the name is taken. */
export const createTenant = async (database: Database, tenantId: string, name: string): Promise<Tenant> => {
  const { source, sealing } = database.keyring;
  const first = await firstKeys(source, tenantId, sealing);
  await database.inTenant(tenantId, async (sql) => {
    const made = await sql(
      `INSERT INTO tenant (tenant_id, name, created_at) VALUES ($1, $2, now())
       ON CONFLICT DO NOTHING RETURNING 1 AS made`,
      [tenantId, name],
    );
    if (made.length === 0) {
      const own = await sql('SELECT 1 AS own FROM tenant WHERE tenant_id = $1 AND name = $2', [
        tenantId,
        name,
      ]);
      if (own.length > 0) return;
      throw new OperatorError(`There is a tenant named ${name} already.`);
    }
    await sql(
      `INSERT INTO tenant_state (tenant_id, last_number, structure_version, secret, sealed_only)
       VALUES ($1, $2, 0, '', $3)`,
      [tenantId, numberBeforeFirst, sealing],
    );
    await insertTenantKey(sql, tenantId, first.key);
    for (const secret of first.secrets) await insertTenantSecret(sql, tenantId, secret);
    // What a benchmark writes without sealing would be sealed, and chained, later on.
    if (sealing) await beginCheckpointsIn(sql, tenantId, first.keys);
  });
  return withSecret(database, { id: tenantId, name });
};

/** Customer numbers start at 1001. */
export const numberBeforeFirst = 1000;

/** All tenants by name. */
export const listTenants = (database: Database): Promise<TenantRow[]> =>
  database.inNone((sql) =>
    sql('SELECT tenant_id AS "tenantId", name, created_at AS "createdAt" FROM tenant ORDER BY name'),
  );

/** A tenant with its secret, by id; undefined when there is none. */
export const readTenant = async (database: Database, tenantId: string): Promise<Tenant | undefined> => {
  const [row] = await database.inTenant(tenantId, (sql) =>
    sql<{ name: string }>('SELECT name FROM tenant WHERE tenant_id = $1', [tenantId]),
  );
  return row && withSecret(database, { id: tenantId, name: row.name });
};

/** A tenant that was found, with its secret. */
export const withSecret = (database: Database, tenant: Omit<Tenant, 'secret'>): Promise<Tenant> =>
  database.keyring.with(tenant.id, async ({ secret }) => ({ ...tenant, secret }));
