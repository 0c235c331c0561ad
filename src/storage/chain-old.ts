import type { KeyObject } from 'node:crypto';
import { entryHash, headMac, noHash } from '../customer/history-chain.ts';
import type { HistoryRow } from '../customer/stored-rows.ts';
import { byteas, int8s } from './binary-array.ts';
import { hasCheckpoint } from './checkpoint-rows.ts';
import { beginCheckpoints } from './checkpoints.ts';
import type { Database } from './database.ts';
import { readHistoryRanges } from './history.ts';
import type { Sql } from './sql.ts';

/**
 * Chains what was recorded before there were chains, as it lies there: from then on it is proven. Works as the owner of the
 * tables, since the service itself may not touch the history, and beside a running service; each customer is one
 * transaction, so it can be cut off and called again. Gives the number of customers whose history it chained. It ends with
 * the tenant's first checkpoint, and does nothing where there is one, or where the tenant's keys say that all is chained, so
 * that nobody uses it to prove what he forged.
 */
export const chainOld = async (database: Database, tenantId: string): Promise<number> => {
  const whole = await database.keyring.with(tenantId, async (keys) => keys.whole);
  if (whole || (await database.inTenant(tenantId, (sql) => hasCheckpoint(sql, tenantId)))) return 0;
  let chained = 0;
  for (;;) {
    const ids = await database.inTenant(tenantId, (sql) => readUnchained(sql, tenantId));
    if (ids.length === 0) break;
    for (const id of ids) {
      await database.keyring.with(tenantId, (keys) =>
        database.inTenant(tenantId, (sql) => chainCustomer(sql, tenantId, keys.ownSecret('chain'), id)),
      );
      chained += 1;
    }
  }
  await beginCheckpoints(database, tenantId);
  return chained;
};

/** Only for what `chainCustomer` chains: an entry that the customer does not know of would be found without end. */
const readUnchained = async (sql: Sql, tenantId: string): Promise<string[]> => {
  const rows = await sql<{ id: string }>(
    `SELECT c.customer_id AS id FROM customer c WHERE c.tenant_id = $1 AND (c.chain_head IS NULL OR EXISTS (
       SELECT 1 FROM history h WHERE h.tenant_id = $1 AND h.customer_id = c.customer_id AND h.hash IS NULL
         AND h.version BETWEEN 1 AND c.version))
     ORDER BY c.customer_id LIMIT 200`,
    [tenantId],
  );
  return rows.map((row) => row.id);
};

/** Makes the whole chain of a customer anew. A change that is under way finds another head than it read, and is decided again. */
const chainCustomer = async (
  sql: Sql,
  tenantId: string,
  secret: KeyObject,
  customerId: string,
): Promise<void> => {
  const [row] = await sql<{ number: number; version: number }>(
    `SELECT number, version::float8 AS version FROM customer WHERE tenant_id = $1 AND customer_id = $2 FOR UPDATE`,
    [tenantId, customerId],
  );
  if (!row) return;
  let head = noHash;
  for (let from = 1; from <= row.version; from += entriesAtOnce) {
    const range = { customerId, from, to: Math.min(from + entriesAtOnce - 1, row.version) };
    const entries = await readHistoryRanges(sql, tenantId, [range]);
    const hashes = entries.map((entry: HistoryRow) => {
      head = entryHash(tenantId, { ...entry, recordedAt: entry.recordedAt.getTime() }, head);
      return head;
    });
    await sql(
      `UPDATE history h SET hash = r.hash FROM unnest($3::int8[], $4::bytea[]) AS r (version, hash)
       WHERE h.tenant_id = $1 AND h.customer_id = $2 AND h.version = r.version`,
      [tenantId, customerId, int8s(entries.map(({ version }) => version)), byteas(hashes)],
    );
  }
  await sql('UPDATE customer SET chain_head = $3, chain_mac = $4 WHERE tenant_id = $1 AND customer_id = $2', [
    tenantId,
    customerId,
    head,
    headMac(secret, tenantId, { customerId, ...row, head }),
  ]);
};

const entriesAtOnce = 500;
