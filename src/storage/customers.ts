import type { StoredCustomer } from '../customer/stored-rows.ts';
import type { HeldKey } from '../privacy/data-key.ts';
import type { TenantKeys } from '../privacy/tenant-keys.ts';
import { uuids } from './binary-array.ts';
import { dataKeyColumn, dataKeyOf, type Wrapped, withHeldKeys } from './data-keys.ts';
import type { Sql } from './sql.ts';

/** Customers by id, deleted ones included. */
export const readCustomers = (
  sql: Sql,
  keys: TenantKeys,
  tenantId: string,
  ids: string[],
): Promise<StoredCustomer[]> => readById(sql, keys, tenantId, ids, openColumns);

/** The same with the ends of their chains, for a change; locked where another process may be about to change them. */
export const readCustomersToChange = (
  sql: Sql,
  keys: TenantKeys,
  tenantId: string,
  ids: string[],
  lock: boolean,
): Promise<StoredCustomer[]> => {
  const columns = `${openColumns}, c.chain_head AS "chainHead", c.chain_mac AS "chainMac"`;
  return readById(sql, keys, tenantId, ids, columns, lock);
};

/**
 * Customers that are locked until the transaction ends, in the order of their ids, so that two groups can't block each
 * other.
 */
export const lockCustomers = (
  sql: Sql,
  keys: TenantKeys,
  tenantId: string,
  ids: string[],
): Promise<StoredCustomer[]> => readById(sql, keys, tenantId, ids, openColumns, true);

/**
 * A key that was unwrapped of late is not asked for: one is destroyed together with its customer, whose row says so. To
 * look for it costs the database a third of what the row does.
 */
const readById = async (
  sql: Sql,
  keys: TenantKeys,
  tenantId: string,
  ids: string[],
  columns: string,
  lock = false,
): Promise<StoredCustomer[]> => {
  if (ids.length === 0) return [];
  const recent = recentKeys(keys, ids);
  const asked = ids.filter((id) => !recent.has(id));
  const rows = await sql<Wrapped<StoredCustomer>>(
    `SELECT ${columns}, CASE WHEN c.erased_at IS NOT NULL OR c.customer_id = ANY($3::uuid[]) THEN ${dataKeyOf('c')} END AS "dataKey"
     FROM customer c WHERE c.tenant_id = $1 AND c.customer_id = ANY($2::uuid[])
     ${lock ? 'ORDER BY c.customer_id FOR UPDATE' : ''}`,
    [tenantId, uuids(ids), uuids(asked)],
  );
  return withHeldKeys<StoredCustomer>(keys, rows, recent);
};

const recentKeys = (keys: TenantKeys, ids: string[]): Map<string, HeldKey> => {
  const recent = new Map<string, HeldKey>();
  for (const id of ids) {
    const key = keys.recentKey(id);
    if (key) recent.set(id, key);
  }
  return recent;
};

/** What a read takes; a version as float8 is a number to `pg`, and exact as long as it is a safe integer. */
const openColumns = `c.customer_id AS "customerId", c.number, c.version::float8 AS version, c.created_at AS "createdAt",
  c.updated_at AS "updatedAt", c.deleted_at AS "deletedAt", c.erased_at AS "erasedAt", c.sealed`;

/** The same with each customer's key. */
export const customerColumns = `${openColumns}, ${dataKeyColumn('c')}`;
