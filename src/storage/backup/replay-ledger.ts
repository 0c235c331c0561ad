import pg from 'pg';
import { byRestore } from '../../customer/erasure-work.ts';
import type { LedgerEntry } from '../../privacy/erasure-ledger.ts';
import { destroyDataKeyIn } from '../destroy-data-key.ts';
import { endAllOf } from '../end-all-of.ts';
import type { Sql } from '../sql.ts';

/**
 * Erases the customers that a ledger names (GDPR Art. 17), in a transaction of the caller's, whether the rows were erased
 * before or not. Each has an erasure afterwards, which the service completes when it starts; `newId` gives the id of one
 * that was asked for after the backup. Gives the number of customers that were not erased before.
 */
export const replayLedger = async (
  sql: Sql,
  entries: LedgerEntry[],
  newId: () => string,
): Promise<number> => {
  const customers = new Map(entries.map((entry) => [`${entry.tenantId} ${entry.customerId}`, entry]));
  if (customers.size === 0) return 0;
  // Nothing else looks for the tokens of a customer; without these each erasure would read all of the tenant's.
  await sql('CREATE INDEX restored_lookup ON customer_lookup (tenant_id, number)');
  await sql('CREATE INDEX restored_unique ON customer_unique (tenant_id, customer_id)');
  let erased = 0;
  for (const entry of customers.values()) {
    await sql(`SET LOCAL app.tenant = ${pg.escapeLiteral(entry.tenantId)}`);
    if (await eraseAgain(sql, entry)) erased += 1;
    await insertReplayed(sql, entry, newId());
  }
  await sql('DROP INDEX restored_lookup, restored_unique');
  return erased;
};

const eraseAgain = async (sql: Sql, { tenantId, customerId, erasedAt }: LedgerEntry): Promise<boolean> => {
  const of = [tenantId, customerId];
  const living = await sql(
    `SELECT 1 FROM customer WHERE tenant_id = $1 AND customer_id = $2 AND erased_at IS NULL
     UNION ALL SELECT 1 FROM customer_key WHERE tenant_id = $1 AND customer_id = $2 AND wrapped IS NOT NULL`,
    of,
  );
  await destroyDataKeyIn(sql, tenantId, customerId, null);
  // A creation that was accepted and not made yet has a key and no customer. Without the key it is never made.
  await sql(
    `UPDATE customer_key SET wrapped = NULL, generation = 0, destroyed_at = now()
     WHERE tenant_id = $1 AND customer_id = $2 AND wrapped IS NOT NULL`,
    of,
  );
  if (living.length === 0) return false;
  // An erasure that was scheduled is completed with this time, whatever it waited for.
  await sql(
    `UPDATE customer SET erased_at = $3 WHERE tenant_id = $1 AND customer_id = $2 AND erased_at = now()`,
    [...of, erasedAt],
  );
  await sql('DELETE FROM outbox WHERE tenant_id = $1 AND customer_id = $2', of);
  await endAllOf(sql, tenantId, customerId);
  await deletePlain(sql, of);
  return true;
};

/**
 * An erasure of which the ledger alone knows is completed like one that was scheduled, so that there is a certificate of it
 * again. Who asked for it, when and why is not known.
 */
const insertReplayed = (sql: Sql, entry: LedgerEntry, erasureId: string): Promise<unknown[]> =>
  sql(
    `INSERT INTO erasure (tenant_id, erasure_id, customer_id, number, status, requested_at, requested_by, contract,
       due_at, window_waived, sealed)
     SELECT $1, $2, c.customer_id, c.number, 'scheduled', c.erased_at, $4, $5, c.erased_at, false, ''
     FROM customer c WHERE c.tenant_id = $1 AND c.customer_id = $3 AND NOT EXISTS (SELECT 1 FROM erasure e
       WHERE e.tenant_id = $1 AND e.customer_id = $3 AND e.status <> 'cancelled')`,
    [entry.tenantId, erasureId, entry.customerId, byRestore.principal, byRestore.contract],
  );

/** What was stored before there were keys has none to destroy. */
const deletePlain = async (sql: Sql, place: string[]): Promise<void> => {
  const isPlain = (column: string) => `substring(${column} FROM 1 FOR 1) = '\\x00'`;
  for (const [table, condition] of [
    ['history', `(${isPlain('sealed')} OR ${isPlain('snapshot')})`],
    ['idempotency_reply', isPlain('sealed')],
    ['request', `(${isPlain('sealed')} OR ${isPlain('result')})`],
  ]) {
    await sql(
      `DELETE FROM ${table} WHERE tenant_id = $1 AND customer_id = $2 AND ${condition}
         AND NOT (SELECT sealed_only FROM tenant_state WHERE tenant_id = $1)`,
      place,
    );
  }
};
