import type { NumberedCustomer, Writes } from '../customer/store.ts';
import type { CustomerRow, StoredCustomer } from '../customer/stored-rows.ts';
import type { HeldKey } from '../privacy/data-key.ts';
import type { TenantKeys } from '../privacy/tenant-keys.ts';
import { byteas, int4s, int8s, timestamps, uuids } from './binary-array.ts';
import { dataKeyColumn, dataKeyOf, type Wrapped, withHeldKeys } from './data-keys.ts';
import type { Sql } from './database.ts';

/** What a read takes; a version as float8 is a number to `pg`, and exact as long as it is a safe integer. */
const openColumns = `c.customer_id AS "customerId", c.number, c.version::float8 AS version, c.created_at AS "createdAt",
  c.updated_at AS "updatedAt", c.deleted_at AS "deletedAt", c.erased_at AS "erasedAt", c.sealed`;

/** The same with each customer's key. */
export const customerColumns = `${openColumns}, ${dataKeyColumn('c')}`;

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

/** The numbers of customers, deleted ones included. */
export const readNumbersOf = async (
  sql: Sql,
  tenantId: string,
  ids: string[],
): Promise<NumberedCustomer[]> =>
  ids.length === 0
    ? []
    : sql(
        `SELECT c.customer_id AS "customerId", c.number FROM customer c
         WHERE c.tenant_id = $1 AND c.customer_id = ANY($2::uuid[])`,
        [tenantId, uuids(ids)],
      );

/** The customers of numbers, deleted ones included. */
export const readIdsOf = async (
  sql: Sql,
  tenantId: string,
  numbers: number[],
): Promise<NumberedCustomer[]> =>
  numbers.length === 0
    ? []
    : sql(
        `SELECT c.customer_id AS "customerId", c.number FROM customer c
         WHERE c.tenant_id = $1 AND c.number = ANY($2::int4[])`,
        [tenantId, int4s(numbers)],
      );

/** Adds customers; one whose number another group took meanwhile is left out and not counted. */
export const insertCustomers = (sql: Sql, tenantId: string, rows: CustomerRow[]): Promise<unknown[]> =>
  sql(
    `INSERT INTO customer (tenant_id, customer_id, number, parent_id, version, created_at, updated_at, deleted_at, sealed,
       chain_head, chain_mac)
     SELECT $1::uuid, r.* FROM unnest($2::uuid[], $3::int4[], $4::uuid[], $5::int8[], $6::timestamptz[],
       $7::timestamptz[], $8::timestamptz[], $9::bytea[], $10::bytea[], $11::bytea[]) AS r
     ON CONFLICT DO NOTHING RETURNING 1 AS created`,
    [
      tenantId,
      uuids(rows.map((row) => row.customerId)),
      int4s(rows.map((row) => row.number)),
      uuids(rows.map((row) => row.parentId)),
      int8s(rows.map((row) => row.version)),
      timestamps(rows.map((row) => row.createdAt)),
      timestamps(rows.map((row) => row.updatedAt)),
      timestamps(rows.map((row) => row.deletedAt)),
      byteas(rows.map((row) => row.sealed)),
      byteas(rows.map((row) => row.chainHead)),
      byteas(rows.map((row) => row.chainMac)),
    ],
  );

/** Updates each row that still has its expected version and chain, and gives back the ids of those. */
export const updateCustomers = (
  sql: Sql,
  tenantId: string,
  rows: Writes['updated'],
): Promise<{ customerId: string }[]> =>
  sql(
    `UPDATE customer c SET parent_id = r.parent_id, version = r.version, updated_at = r.updated_at,
       deleted_at = r.deleted_at, sealed = r.sealed, chain_head = r.chain_head,
       chain_mac = r.chain_mac
     FROM unnest($2::uuid[], $3::int8[], $4::uuid[], $5::int8[], $6::timestamptz[], $7::timestamptz[], $8::bytea[],
       $9::bytea[], $10::bytea[], $11::bytea[]) AS r (customer_id, expected_version, parent_id, version,
       updated_at, deleted_at, sealed, expected_head, chain_head, chain_mac)
     WHERE c.tenant_id = $1 AND c.customer_id = r.customer_id AND c.version = r.expected_version
       AND c.chain_head IS NOT DISTINCT FROM r.expected_head
       AND c.erased_at IS NULL
     RETURNING c.customer_id AS "customerId"`,
    [
      tenantId,
      uuids(rows.map((row) => row.customerId)),
      int8s(rows.map((row) => row.expectedVersion)),
      uuids(rows.map((row) => row.parentId)),
      int8s(rows.map((row) => row.version)),
      timestamps(rows.map((row) => row.updatedAt)),
      timestamps(rows.map((row) => row.deletedAt)),
      byteas(rows.map((row) => row.sealed)),
      byteas(rows.map((row) => row.expectedHead)),
      byteas(rows.map((row) => row.chainHead)),
      byteas(rows.map((row) => row.chainMac)),
    ],
  );

/** The ids among `ids` that are `rootId` or below it. */
export const readWithin = async (
  sql: Sql,
  tenantId: string,
  rootId: string,
  ids: string[],
): Promise<Set<string>> => {
  const rows = await sql<{ asked: string }>(
    `WITH RECURSIVE up AS (
       SELECT c.customer_id AS asked, c.customer_id, c.parent_id FROM customer c
       WHERE c.tenant_id = $1 AND c.customer_id = ANY($2::uuid[])
       UNION
       SELECT up.asked, c.customer_id, c.parent_id FROM customer c JOIN up ON c.customer_id = up.parent_id
       WHERE c.tenant_id = $1
     ) SELECT DISTINCT asked FROM up WHERE customer_id = $3`,
    [tenantId, uuids(ids), rootId],
  );
  return new Set(rows.map((row) => row.asked));
};

/** A customer and everything below it; `$1` is the tenant. */
export const descendants = (root: string): string => `
  WITH RECURSIVE down AS (
    SELECT d.customer_id FROM customer d WHERE d.tenant_id = $1 AND d.customer_id = ${root}
    UNION
    SELECT d.customer_id FROM customer d JOIN down ON d.parent_id = down.customer_id WHERE d.tenant_id = $1
  ) SELECT customer_id FROM down`;
