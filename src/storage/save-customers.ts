import type { Writes } from '../customer/store.ts';
import type { CustomerRow } from '../customer/stored-rows.ts';
import { byteas, int4s, int8s, timestamps, uuids } from './binary-array.ts';
import type { Sql } from './sql.ts';

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
