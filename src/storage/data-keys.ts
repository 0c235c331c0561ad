import type { HeldKey } from '../privacy/data-key.ts';
import type { TenantKeys } from '../privacy/tenant-keys.ts';
import { byteas, uuids } from './binary-array.ts';
import type { Sql } from './sql.ts';

/** A customer's key as it lies in storage. */
interface DataKeyRow {
  customerId: string;
  wrapped: Buffer;
}

/**
 * The stored key of the customer that a row of `table` names, for a select list: null where there never was one, empty
 * where it was destroyed, or is about to be: from the moment of no return on nobody uses it.
 */
export const dataKeyColumn = (table: string): string => `${dataKeyOf(table)} AS "dataKey"`;

/** The same as an expression. */
export const dataKeyOf = (table: string): string =>
  `(SELECT CASE WHEN k.destroyed_at IS NULL AND k.wrapped IS NOT NULL THEN k.wrapped ELSE '\\x' END FROM customer_key k
    WHERE k.tenant_id = ${table}.tenant_id AND k.customer_id = ${table}.customer_id)`;

/** A row as it is read: the key of its customer is still wrapped. */
export type Wrapped<Row extends { dataKey: HeldKey }> = Omit<Row, 'dataKey'> & { dataKey: Buffer | null };

/**
 * Rows with the keys of their customers unwrapped; `recent` are keys that were not asked for, since they are at hand.
 * Throws UnknownGeneration.
 */
export const withHeldKeys = <Row extends { customerId: string; dataKey: HeldKey }>(
  keys: TenantKeys,
  rows: Wrapped<Row>[],
  recent?: ReadonlyMap<string, HeldKey>,
): Row[] =>
  rows.map((row) => {
    const { customerId, dataKey, sealed } = row as unknown as Wrapped<Row> & {
      customerId: string;
      sealed?: Buffer;
    };
    const known = dataKey === null ? recent?.get(customerId) : undefined;
    const held =
      sealed && keys.isForged(sealed) ? 'unreadable' : (known ?? keys.heldKey(customerId, dataKey));
    // The row itself: a copy of every row costs a read more than to look for its key.
    return Object.assign(row, { dataKey: held }) as unknown as Row;
  });

/**
 * Keeps new keys, all wrapped by one generation. None is kept when that is retired; the row of one that is not stays
 * as it is until this transaction ends, so that no key is left behind by a rotation. A customer's first key stays.
 */
export const insertDataKeys = (
  sql: Sql,
  tenantId: string,
  generation: number,
  rows: DataKeyRow[],
): Promise<unknown[]> =>
  sql(
    `INSERT INTO customer_key (tenant_id, customer_id, generation, wrapped)
     SELECT $1::uuid, r.customer_id, $2::int4, r.wrapped
     FROM unnest($3::uuid[], $4::bytea[]) AS r (customer_id, wrapped), (SELECT 1 FROM tenant_key
       WHERE tenant_id = $1 AND generation = $2 AND retired_at IS NULL FOR SHARE) AS current
     ON CONFLICT DO NOTHING RETURNING 1 AS added`,
    [tenantId, generation, uuids(rows.map((row) => row.customerId)), byteas(rows.map((row) => row.wrapped))],
  );

/** Some keys that another generation wrapped, in the order of their customers, after this one. */
export const readKeysOfOtherGenerations = (
  sql: Sql,
  tenantId: string,
  generation: number,
  after: string,
  most: number,
): Promise<DataKeyRow[]> =>
  sql(
    `SELECT customer_id AS "customerId", wrapped FROM customer_key
     WHERE tenant_id = $1 AND customer_id > $2 AND generation <> $3 AND wrapped IS NOT NULL
     ORDER BY customer_id LIMIT $4`,
    [tenantId, after, generation, most],
  );

/** Puts other wrappings in the place of these. One that was destroyed or rewrapped meanwhile stays so. */
export const rewrapDataKeys = (
  sql: Sql,
  tenantId: string,
  generation: number,
  rows: (DataKeyRow & { before: Buffer })[],
): Promise<unknown[]> =>
  sql(
    `UPDATE customer_key k SET generation = $2, wrapped = r.wrapped
     FROM unnest($3::uuid[], $4::bytea[], $5::bytea[]) AS r (customer_id, before, wrapped)
     WHERE k.tenant_id = $1 AND k.customer_id = r.customer_id AND k.wrapped = r.before RETURNING 1 AS rewrapped`,
    [
      tenantId,
      generation,
      uuids(rows.map((row) => row.customerId)),
      byteas(rows.map((row) => row.before)),
      byteas(rows.map((row) => row.wrapped)),
    ],
  );

/** How many keys each generation wraps; those that were destroyed count for none. */
export const countDataKeys = (sql: Sql, tenantId: string): Promise<{ generation: number; count: number }[]> =>
  sql(
    `SELECT generation, count(*)::float8 AS count FROM customer_key
     WHERE tenant_id = $1 AND wrapped IS NOT NULL GROUP BY generation ORDER BY generation`,
    [tenantId],
  );
