import { lookupSecret } from '../privacy/whole-tenant.ts';
import type { Sql, Transactions } from './sql.ts';
import { readTenantKeys, type TenantKeyRow } from './tenant-keys.ts';
import { readTenantSecrets } from './tenant-secrets.ts';

/** The stored keys of a tenant; undefined where it has none. */
export const readStoredKeys = (database: Transactions, tenantId: string): Promise<StoredKeys | undefined> =>
  database.readInTenant(tenantId, async (sql) => {
    const [keys, secrets, sealedOnly] = await Promise.all([
      readTenantKeys(sql, tenantId),
      readTenantSecrets(sql, tenantId),
      readSealedOnly(sql, tenantId),
    ]);
    const wrapped = new Map(secrets.map((one) => [one.purpose, one.wrapped]));
    const lookup = wrapped.get(lookupSecret);
    if (keys.length === 0 || !lookup) return undefined;
    return { keys, secrets: wrapped, sealedOnly, mark: `${sealedOnly} ${lookup.toString('base64')}` };
  });

/** The wrapped keys and secrets of a tenant, and by what it is seen that its row or its secret says something else since. */
export interface StoredKeys {
  keys: TenantKeyRow[];
  secrets: Map<string, Buffer>;
  sealedOnly: boolean;
  mark: string;
}

const readSealedOnly = async (sql: Sql, tenantId: string): Promise<boolean> => {
  const rows = await sql('SELECT 1 FROM tenant_state WHERE tenant_id = $1 AND sealed_only', [tenantId]);
  return rows.length === 1;
};
