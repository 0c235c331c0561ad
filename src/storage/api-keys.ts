import type { StoredKey } from '../access/credentials.ts';
import { isScope, type Scope } from '../access/scopes.ts';
import type { Sql } from './sql.ts';

/** A key as its owner sees it: everything but the secret, which is nowhere. */
export interface KeyRow {
  keyId: string;
  prefix: string;
  name: string;
  scopes: Scope[];
  contract: string | null;
  customerId: string | null;
  createdAt: Date;
  expiresAt: Date | null;
  revokedAt: Date | null;
}

/** A live key, and its tenant without the secret that is sealed. */
export type LiveKey = Omit<StoredKey, 'tenant'> & { tenant: { id: string; name: string } };

/** Reads a key that is neither revoked nor expired, with its tenant. */
export const readLiveKey = async (
  sql: Sql,
  tenantId: string,
  keyId: string,
): Promise<LiveKey | undefined> => {
  const [row] = await sql<{
    hash: Buffer;
    name: string;
    scopes: string;
    contract: string | null;
    customerId: string | null;
    tenantName: string;
  }>(
    `SELECT k.hash, k.name, k.scopes, k.contract, k.customer_id AS "customerId", t.name AS "tenantName"
     FROM api_key k JOIN tenant t ON t.tenant_id = k.tenant_id
     WHERE k.tenant_id = $1 AND k.key_id = $2 AND k.revoked_at IS NULL
       AND (k.expires_at IS NULL OR k.expires_at > now())`,
    [tenantId, keyId],
  );
  return (
    row && {
      keyId,
      hash: row.hash,
      contract: row.contract,
      tenant: { id: tenantId, name: row.tenantName },
      principal: { name: row.name, scopes: new Set(scopesOf(row.scopes)), customerId: row.customerId },
    }
  );
};

/** Keeps a new key, of which the hash alone is stored. `createdAt` is the time of the transaction. */
export const insertKey = (
  sql: Sql,
  tenantId: string,
  key: Omit<KeyRow, 'createdAt' | 'revokedAt'> & { hash: Buffer },
): Promise<unknown[]> =>
  sql(
    `INSERT INTO api_key (tenant_id, key_id, hash, prefix, name, scopes, contract, customer_id, created_at, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now(), $9)`,
    [
      tenantId,
      key.keyId,
      key.hash,
      key.prefix,
      key.name,
      key.scopes.join(' '),
      key.contract,
      key.customerId,
      key.expiresAt?.toISOString() ?? null,
    ],
  );

/** All keys of a tenant, the newest last. */
export const readKeys = async (sql: Sql, tenantId: string): Promise<KeyRow[]> => {
  const rows = await sql<Omit<KeyRow, 'scopes'> & { scopes: string }>(
    `SELECT key_id AS "keyId", prefix, name, scopes, contract, customer_id AS "customerId", created_at AS "createdAt",
       expires_at AS "expiresAt", revoked_at AS "revokedAt"
     FROM api_key WHERE tenant_id = $1 ORDER BY created_at, key_id`,
    [tenantId],
  );
  return rows.map((row) => ({ ...row, scopes: scopesOf(row.scopes) }));
};

/** Revokes a key; false when there is no such live key. */
export const revokeKey = async (sql: Sql, tenantId: string, keyId: string): Promise<boolean> => {
  const rows = await sql(
    `UPDATE api_key SET revoked_at = now() WHERE tenant_id = $1 AND key_id = $2 AND revoked_at IS NULL
     RETURNING 1 AS revoked`,
    [tenantId, keyId],
  );
  return rows.length === 1;
};

/** Gives a key another name. */
export const renameKey = (sql: Sql, tenantId: string, keyId: string, name: string): Promise<unknown[]> =>
  sql('UPDATE api_key SET name = $3 WHERE tenant_id = $1 AND key_id = $2 RETURNING 1 AS renamed', [
    tenantId,
    keyId,
    name,
  ]);

const scopesOf = (text: string): Scope[] => text.split(' ').filter(isScope);
