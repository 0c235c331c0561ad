import type { ListQuery, NumberedCustomer, Writes } from '../customer/store.ts';
import type { CustomerRow, StoredCustomer } from '../customer/stored-rows.ts';
import { byteas, int4s, int8s, timestamps, uuids } from './binary-array.ts';
import { dataKeyColumn, type Wrapped } from './data-keys.ts';
import type { Sql } from './database.ts';
import { foundBy, leadOf } from './found-by-tokens.ts';

/** What a read takes; a version as float8 is a number to `pg`, and exact as long as it is a safe integer. */
const columns = `c.customer_id AS "customerId", c.number, c.version::float8 AS version, c.created_at AS "createdAt",
  c.updated_at AS "updatedAt", c.deleted_at AS "deletedAt", c.erased_at AS "erasedAt", c.sealed, ${dataKeyColumn('c')}`;

/**
 * Customers by id, deleted ones included. Locked ones are locked in the order of their ids, so that two groups can't
 * block each other.
 */
export const readCustomers = (
  sql: Sql,
  tenantId: string,
  ids: string[],
  lock = false,
): Promise<Wrapped<StoredCustomer>[]> => readById(sql, tenantId, ids, lock, columns);

/** The same with the ends of their chains, for a change. */
export const readCustomersToChange = (
  sql: Sql,
  tenantId: string,
  ids: string[],
  lock: boolean,
): Promise<Wrapped<StoredCustomer>[]> =>
  readById(sql, tenantId, ids, lock, `${columns}, c.chain_head AS "chainHead", c.chain_mac AS "chainMac"`);

const readById = async (
  sql: Sql,
  tenantId: string,
  ids: string[],
  lock: boolean,
  read: string,
): Promise<Wrapped<StoredCustomer>[]> =>
  ids.length === 0
    ? []
    : sql(
        `SELECT ${read} FROM customer c WHERE c.tenant_id = $1 AND c.customer_id = ANY($2::uuid[])
         ${lock ? 'ORDER BY c.customer_id FOR UPDATE' : ''}`,
        [tenantId, uuids(ids)],
      );

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

/** A page of customers that are not deleted, in the asked order, by keyset. */
export const listCustomers = async (
  sql: Sql,
  tenantId: string,
  query: ListQuery,
): Promise<Wrapped<StoredCustomer>[]> => {
  const { lead, from, conditions, values, value } = partsOf(tenantId, query);
  const found = query.tokens.length > 0;
  const order = query.descending ? 'DESC' : 'ASC';
  const compare = query.descending ? '<' : '>';
  // A number is one customer's. Named by the row that was found, the order is that of the index it was found in.
  const keys =
    query.sort === 'number' ? [found ? 'l.number' : 'c.number'] : ['c.updated_at', 'c.customer_id'];
  if (query.after && query.sort === 'number') {
    conditions.push(`${keys} ${compare} ${value(query.after.value)}::int4`);
  } else if (query.after) {
    const after = `(${value(query.after.value)}::timestamptz, ${value(query.after.customerId)}::uuid)`;
    conditions.push(`(${keys}) ${compare} ${after}`);
  }
  return sql(
    `${lead} SELECT ${columns} FROM ${from} WHERE ${conditions.join(' AND ')}
       ORDER BY ${keys.map((key) => `${key} ${order}`).join(', ')} LIMIT ${value(query.limit)}
       OFFSET ${value(query.offset ?? 0)}`,
    values,
  );
};

/** How many customers a query finds, whatever page it asks for. */
export const countCustomers = async (sql: Sql, tenantId: string, query: ListQuery): Promise<number> => {
  const { lead, from, conditions, values } = partsOf(tenantId, query);
  const [row] = await sql<{ count: number }>(
    `${lead} SELECT count(*)::float8 AS count FROM ${from} WHERE ${conditions.join(' AND ')}`,
    values,
  );
  return row?.count ?? 0;
};

/** Where customers are looked for, what every one of a list must be, and the values that this names. */
const partsOf = (tenantId: string, query: ListQuery) => {
  const values: unknown[] = [tenantId];
  const value = (one: unknown): string => `$${values.push(one)}`;
  const conditions = ['c.tenant_id = $1', 'c.deleted_at IS NULL'];
  if (query.within !== null) conditions.push(`c.customer_id IN (${descendants(value(query.within))})`);
  const tokens = query.tokens.map(({ field, token }) => ({ field: value(field), token: value(token) }));
  const lead = leadOf(tokens);
  const from = tokens.length > 0 ? 'customer_lookup l JOIN customer c ON c.number = l.number' : 'customer c';
  conditions.push(...foundBy(tokens));
  if (query.parentId !== undefined) {
    conditions.push(
      query.parentId === null ? 'c.parent_id IS NULL' : `c.parent_id = ${value(query.parentId)}`,
    );
  }
  if (query.number !== undefined) conditions.push(`c.number = ${value(query.number)}`);
  if (query.ids) conditions.push(`c.customer_id = ANY(${value(uuids(query.ids))}::uuid[])`);
  if (query.updatedSince)
    conditions.push(`c.updated_at >= ${value(query.updatedSince.toISOString())}::timestamptz`);
  return { lead, from, conditions, values, value };
};

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
