import { type DataKey, keyIn, newDataKey } from '../privacy/data-key.ts';
import { isPlain, type SealPlace, sealContent, unsealText } from '../privacy/seal.ts';
import type { TenantKeys } from '../privacy/tenant-keys.ts';
import { insertDataKeys } from './data-keys.ts';
import type { Database } from './database.ts';
import type { Sql } from './sql.ts';

/**
 * Seals what was stored before there were keys: records, history, and the replies and requests that are kept. Works as
 * the owner of the tables, since the service itself may not touch the history, and beside a running service; each
 * customer is one transaction, so it can be cut off and called again. Gives the number of customers that it sealed. At
 * the end the tenant takes nothing plain any more.
 */
export const sealOld = async (database: Database, tenantId: string): Promise<number> => {
  let sealed = 0;
  if (await isSealed(database, tenantId)) return sealed;
  for (;;) {
    const ids = await database.inTenant(tenantId, (sql) => readUnsealed(sql, tenantId));
    if (ids.length === 0) break;
    for (const id of ids) {
      await database.keyring.with(tenantId, (keys) =>
        database.inTenant(tenantId, (sql) => sealCustomer(sql, tenantId, keys, id)),
      );
      sealed += 1;
    }
  }
  await database.inTenant(tenantId, async (sql) => {
    // What belongs to no customer that is there can't be sealed; it was kept for a day at most.
    for (const table of ['idempotency_reply', 'request']) {
      await sql(`DELETE FROM ${table} WHERE tenant_id = $1 AND substring(sealed FROM 1 FOR 1) = '\\x00'`, [
        tenantId,
      ]);
    }
    await sql('UPDATE tenant_state SET sealed_only = true WHERE tenant_id = $1', [tenantId]);
  });
  database.keyring.forget(tenantId);
  return sealed;
};

/** Whether nothing of the tenant lies plain. Whoever put something plain there since must not see it sealed. */
const isSealed = async ({ keyring }: Database, tenantId: string): Promise<boolean> => {
  keyring.forget(tenantId);
  return keyring.with(tenantId, async ({ sealedOnly }) => sealedOnly);
};

/** Some customers of whom something lies plain. An erased one has an empty record. */
const readUnsealed = async (sql: Sql, tenantId: string): Promise<string[]> => {
  const rows = await sql<{ id: string }>(
    `SELECT c.customer_id AS id FROM customer c WHERE c.tenant_id = $1 AND c.erased_at IS NULL
       AND (substring(c.sealed FROM 1 FOR 1) = '\\x00' OR EXISTS (SELECT 1 FROM history h WHERE h.tenant_id = $1
         AND h.customer_id = c.customer_id AND (substring(h.sealed FROM 1 FOR 1) = '\\x00' OR substring(h.snapshot FROM 1 FOR 1) = '\\x00')))
     ORDER BY c.customer_id LIMIT 200`,
    [tenantId],
  );
  return rows.map((row) => row.id);
};

const sealCustomer = async (
  sql: Sql,
  tenantId: string,
  keys: TenantKeys,
  customerId: string,
): Promise<void> => {
  const [row] = await sql<{ version: number; sealed: Buffer }>(
    `SELECT version::float8 AS version, sealed FROM customer WHERE tenant_id = $1 AND customer_id = $2
       AND erased_at IS NULL FOR UPDATE`,
    [tenantId, customerId],
  );
  if (!row) return;
  const key = await keyOf(sql, tenantId, keys, customerId);
  const place = { tenantId, customerId };
  if (isPlain(row.sealed)) {
    const sealed = closed(row.sealed, key, { kind: 'record', ...place, version: row.version });
    await sql('UPDATE customer SET sealed = $3 WHERE tenant_id = $1 AND customer_id = $2', [
      tenantId,
      customerId,
      sealed,
    ]);
  }
  const entries = await sql<{ version: number; sealed: Buffer; snapshot: Buffer | null }>(
    `SELECT version::float8 AS version, sealed, snapshot FROM history WHERE tenant_id = $1 AND customer_id = $2
       AND (substring(sealed FROM 1 FOR 1) = '\\x00' OR substring(snapshot FROM 1 FOR 1) = '\\x00')`,
    [tenantId, customerId],
  );
  for (const { version, sealed, snapshot } of entries) {
    await sql(
      // Its hash was made of the plain form; `chainOld` makes it again.
      'UPDATE history SET sealed = $4, snapshot = $5, hash = NULL WHERE tenant_id = $1 AND customer_id = $2 AND version = $3',
      [
        tenantId,
        customerId,
        version,
        closed(sealed, key, { kind: 'history', ...place, version }),
        snapshot && closed(snapshot, key, { kind: 'snapshot', ...place, version }),
      ],
    );
  }
};

/** The customer's key, made now when there was none. */
const keyOf = async (sql: Sql, tenantId: string, keys: TenantKeys, customerId: string): Promise<DataKey> => {
  const [row] = await sql<{ wrapped: Buffer | null }>(
    `SELECT COALESCE(wrapped, '') AS wrapped FROM customer_key WHERE tenant_id = $1 AND customer_id = $2`,
    [tenantId, customerId],
  );
  const held = keyIn(keys.heldKey(customerId, row?.wrapped ?? null));
  if (held) return held;
  const key = newDataKey();
  const wrapped = [{ customerId, wrapped: keys.wrapDataKey(customerId, key) }];
  const kept = await insertDataKeys(sql, tenantId, keys.generation, wrapped);
  if (kept.length !== 1) throw new Error('The key of a customer could not be kept; try again');
  return key;
};

const closed = (value: Buffer, key: DataKey, place: SealPlace): Buffer =>
  isPlain(value) ? sealContent(unsealText(value, 'none', place), key, place) : value;
