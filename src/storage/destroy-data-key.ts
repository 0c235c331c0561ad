import type { Tenant } from '../access/principal.ts';
import { allTokens } from '../customer/lookup-tokens.ts';
import { decodeCustomer } from '../customer/record.ts';
import type { LookupRow, StoredCustomer, TokenRow } from '../customer/stored-rows.ts';
import { uniqueTokens } from '../customer/unique-tokens.ts';
import { OperatorError } from '../errors.ts';
import { lockCustomers } from './customers.ts';
import type { Database } from './database.ts';
import type { Sql } from './sql.ts';
import { deleteLookups, deleteUniques } from './tokens.ts';

/**
 * Destroys the key of a customer, in one transaction: the record, its history, kept replies and accepted requests can be
 * read by nobody from then on, and nobody finds the customer by what it held. The row stays as a tombstone with its
 * number, out of the hierarchy. Again, it changes nothing. False when there is no such customer. Throws OperatorError as
 * long as values of before there were keys lie in the tenant, since they would stay readable.
 *
 * Whether it may be done at all (legal hold, sub-customers) is the caller's to judge.
 */
export const destroyDataKey = (database: Database, tenant: Tenant, customerId: string): Promise<boolean> =>
  database.keyring.with(tenant.id, (keys) =>
    database.inTenant(tenant.id, async (sql) => {
      await refuseUnsealed(sql, tenant);
      const [row] = await lockCustomers(sql, keys, tenant.id, [customerId]);
      return row !== undefined && destroyDataKeyIn(sql, tenant.id, customerId, tokensOf(tenant, row));
    }),
  );

/**
 * The same inside a transaction of the caller's, and without any key, as a restore does it. Without `tokens` all of the
 * tenant's are looked through for the customer's.
 */
export const destroyDataKeyIn = async (
  sql: Sql,
  tenantId: string,
  customerId: string,
  tokens: Tokens | null = null,
): Promise<boolean> => {
  // A change that is under way waits here or is waited for; afterwards it finds the customer erased.
  const there = await sql('SELECT 1 FROM customer WHERE tenant_id = $1 AND customer_id = $2 FOR UPDATE', [
    tenantId,
    customerId,
  ]);
  if (there.length === 0) return false;
  await sql(
    `INSERT INTO customer_key AS k (tenant_id, customer_id, generation, wrapped, destroyed_at)
     VALUES ($1, $2, 0, NULL, now())
     ON CONFLICT (tenant_id, customer_id) DO UPDATE SET generation = 0, wrapped = NULL,
       destroyed_at = COALESCE(k.destroyed_at, now())`,
    [tenantId, customerId],
  );
  await deleteAllTokens(sql, tenantId, customerId, tokens);
  await sql(
    `UPDATE customer SET erased_at = COALESCE(erased_at, now()), deleted_at = COALESCE(deleted_at, now()),
       parent_id = NULL, sealed = '' WHERE tenant_id = $1 AND customer_id = $2`,
    [tenantId, customerId],
  );
  return true;
};

/** Keeps an erasure from leaving readable values behind. */
const refuseUnsealed = async (sql: Sql, tenant: Tenant): Promise<void> => {
  const rows = await sql('SELECT 1 FROM tenant_state WHERE tenant_id = $1 AND sealed_only', [tenant.id]);
  if (rows.length === 1) return;
  throw new OperatorError(
    `The tenant ${tenant.name} holds values that were stored before there were keys. ` +
      `Seal them first: customary keys seal --tenant ${tenant.name}`,
  );
};

/**
 * The first step of an erasure, inside a transaction of the caller's: the customer is erased for everybody, and the key is
 * used by nobody any more. What is left to do is `destroyDataKeyIn` with no tokens, which needs no key.
 */
export const disuseDataKeyIn = async (sql: Sql, tenant: Tenant, row: StoredCustomer): Promise<void> => {
  const of = [tenant.id, row.customerId];
  await deleteAllTokens(sql, tenant.id, row.customerId, tokensOf(tenant, row));
  await sql('UPDATE customer_key SET destroyed_at = now() WHERE tenant_id = $1 AND customer_id = $2', of);
  await sql(
    `UPDATE customer SET erased_at = now(), deleted_at = COALESCE(deleted_at, now()), parent_id = NULL
     WHERE tenant_id = $1 AND customer_id = $2`,
    of,
  );
};

/** For a customer whose tokens are gone already. */
export const noTokens: Tokens = { lookups: [], uniques: [] };

/** The tokens by which a customer is found, and which it alone may hold. */
interface Tokens {
  lookups: LookupRow[];
  uniques: TokenRow[];
}

/** The tokens of a record that can still be read; null where they have to be looked for. */
const tokensOf = (tenant: Tenant, row: StoredCustomer): Tokens | null => {
  if (typeof row.dataKey === 'string' && row.dataKey !== 'none') return null;
  try {
    const { id, number, data } = decodeCustomer(row, tenant.id);
    return { lookups: allTokens(tenant, number, data), uniques: uniqueTokens(tenant, id, data) };
  } catch {
    return null;
  }
};

const deleteAllTokens = async (
  sql: Sql,
  tenantId: string,
  customerId: string,
  tokens: Tokens | null,
): Promise<void> => {
  if (tokens) {
    await deleteLookups(sql, tenantId, tokens.lookups);
    await deleteUniques(sql, tenantId, tokens.uniques);
    return;
  }
  await sql(
    `DELETE FROM customer_lookup l USING customer c WHERE l.tenant_id = $1 AND c.tenant_id = $1
       AND c.customer_id = $2 AND l.number = c.number`,
    [tenantId, customerId],
  );
  await sql('DELETE FROM customer_unique WHERE tenant_id = $1 AND customer_id = $2', [tenantId, customerId]);
};
