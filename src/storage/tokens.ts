import type { TokenRow } from '../customer/store.ts';
import { byteas, texts, uuids } from './binary-array.ts';
import type { Sql } from './database.ts';

type TokenTable = 'customer_lookup' | 'customer_unique';

/** Adds tokens; those that are there already, as another customer's unique value is, are left and not counted. */
export const insertTokens = (
  sql: Sql,
  table: TokenTable,
  tenantId: string,
  rows: TokenRow[],
): Promise<unknown[]> =>
  sql(
    `INSERT INTO ${table} (tenant_id, field, token, customer_id)
     SELECT $1::uuid, r.* FROM unnest($2::text[], $3::bytea[], $4::uuid[]) AS r
     ON CONFLICT DO NOTHING RETURNING 1 AS added`,
    [tenantId, ...columnsOf(rows)],
  );

export const deleteTokens = (
  sql: Sql,
  table: TokenTable,
  tenantId: string,
  rows: TokenRow[],
): Promise<unknown[]> =>
  sql(
    `DELETE FROM ${table} t USING unnest($2::text[], $3::bytea[], $4::uuid[]) AS r (field, token, customer_id)
     WHERE t.tenant_id = $1 AND t.field = r.field AND t.token = r.token AND t.customer_id = r.customer_id`,
    [tenantId, ...columnsOf(rows)],
  );

/** Who holds these unique values. */
export const readOwners = (
  sql: Sql,
  tenantId: string,
  asked: { field: string; token: Buffer }[],
): Promise<TokenRow[]> =>
  sql(
    `SELECT u.field, u.token, u.customer_id AS "customerId" FROM customer_unique u
     JOIN unnest($2::text[], $3::bytea[]) AS r (field, token) ON u.field = r.field AND u.token = r.token
     WHERE u.tenant_id = $1`,
    [tenantId, texts(asked.map((one) => one.field)), byteas(asked.map((one) => one.token))],
  );

const columnsOf = (rows: TokenRow[]): Buffer[] => [
  texts(rows.map((row) => row.field)),
  byteas(rows.map((row) => row.token)),
  uuids(rows.map((row) => row.customerId)),
];
