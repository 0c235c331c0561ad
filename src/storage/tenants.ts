import { randomBytes } from 'node:crypto';
import type { Tenant } from '../access/principal.ts';
import { OperatorError } from '../errors.ts';
import type { Database } from './database.ts';

/** A tenant in the list of tenants. */
export interface TenantRow {
  tenantId: string;
  name: string;
  createdAt: Date;
}

/** Makes a tenant. Throws OperatorError when the name is taken. */
export const createTenant = (database: Database, tenantId: string, name: string): Promise<Tenant> =>
  database.inTenant(tenantId, async (sql) => {
    const made = await sql(
      `INSERT INTO tenant (tenant_id, name, created_at) VALUES ($1, $2, now())
       ON CONFLICT (name) DO NOTHING RETURNING 1 AS made`,
      [tenantId, name],
    );
    if (made.length === 0) throw new OperatorError(`There is a tenant named ${name} already.`);
    const secret = randomBytes(32);
    await sql(
      `INSERT INTO tenant_state (tenant_id, last_number, structure_version, secret) VALUES ($1, $2, 0, $3)`,
      [tenantId, numberBeforeFirst, secret],
    );
    return { id: tenantId, name, secret };
  });

/** Customer numbers start at 1001. */
const numberBeforeFirst = 1000;

/** All tenants by name. */
export const listTenants = (database: Database): Promise<TenantRow[]> =>
  database.inNone((sql) =>
    sql('SELECT tenant_id AS "tenantId", name, created_at AS "createdAt" FROM tenant ORDER BY name'),
  );

/** A tenant with its secret, by id; undefined when there is none. */
export const readTenant = (database: Database, tenantId: string): Promise<Tenant | undefined> =>
  database.inTenant(tenantId, async (sql) => {
    const [row] = await sql<{ name: string; secret: Buffer }>(
      `SELECT t.name, s.secret FROM tenant t JOIN tenant_state s ON s.tenant_id = t.tenant_id WHERE t.tenant_id = $1`,
      [tenantId],
    );
    return row && { id: tenantId, ...row };
  });
