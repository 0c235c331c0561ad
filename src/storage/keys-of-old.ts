import { createSecretKey } from 'node:crypto';
import type { KeySource } from '../privacy/key-source.ts';
import { firstKeys } from './first-keys.ts';
import type { Sql, Transactions } from './sql.ts';
import { readStoredKeys, type StoredKeys } from './stored-keys.ts';
import { insertTenantKey, readTenantKeys } from './tenant-keys.ts';
import { insertTenantSecret } from './tenant-secrets.ts';

/**
 * A tenant of before there were keys gets its first ones; its secret stays the same, and lies plain no longer. Gives back
 * what is stored then, whoever made it. Throws an Error when there is no such tenant.
 */
export const firstOfOld = async (
  database: Transactions,
  source: KeySource,
  tenantId: string,
): Promise<StoredKeys> => {
  const plain = await database.inTenant(tenantId, (sql) => readPlainSecret(sql, tenantId));
  if (plain) {
    const first = await firstKeys(source, tenantId, false, createSecretKey(plain));
    await database.inTenant(tenantId, async (sql) => {
      // Who has keys is no tenant of before: somebody else put a secret there that he knows.
      if ((await readTenantKeys(sql, tenantId)).length > 0) return;
      if (!(await insertTenantKey(sql, tenantId, first.key))) return;
      for (const secret of first.secrets) await insertTenantSecret(sql, tenantId, secret);
      await sql(`UPDATE tenant_state SET secret = '' WHERE tenant_id = $1`, [tenantId]);
    });
  }
  const stored = await readStoredKeys(database, tenantId);
  if (!stored) throw new Error('There is no such tenant');
  return stored;
};

const readPlainSecret = async (sql: Sql, tenantId: string): Promise<Buffer | undefined> => {
  const [row] = await sql<{ secret: Buffer }>('SELECT secret FROM tenant_state WHERE tenant_id = $1', [
    tenantId,
  ]);
  return row && row.secret.length > 0 ? row.secret : undefined;
};
