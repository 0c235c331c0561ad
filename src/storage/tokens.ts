import type { LookupRow, TokenRow } from '../customer/stored-rows.ts';
import { byteas, int4s, texts, uuids } from './binary-array.ts';
import type { Sql } from './sql.ts';

/** Adds tokens by which customers are found. */
export const insertLookups = (sql: Sql, tenantId: string, rows: LookupRow[]): Promise<unknown[]> =>
  insert(sql, lookups, [tenantId, ...tokensOf(rows), int4s(rows.map((row) => row.number))]);

/** Takes tokens away by which customers were found. */
export const deleteLookups = (sql: Sql, tenantId: string, rows: LookupRow[]): Promise<unknown[]> =>
  remove(sql, lookups, [tenantId, ...tokensOf(rows), int4s(rows.map((row) => row.number))]);

/** Claims values; those that another customer holds are left and not counted. */
export const insertUniques = (sql: Sql, tenantId: string, rows: TokenRow[]): Promise<unknown[]> =>
  insert(sql, uniques, [tenantId, ...tokensOf(rows), uuids(rows.map((row) => row.customerId))]);

/** Gives values back. */
export const deleteUniques = (sql: Sql, tenantId: string, rows: TokenRow[]): Promise<unknown[]> =>
  remove(sql, uniques, [tenantId, ...tokensOf(rows), uuids(rows.map((row) => row.customerId))]);

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
    [tenantId, ...tokensOf(asked)],
  );

/** A table of tokens, and how it names the customer. */
interface TokenTable {
  name: string;
  customer: string;
  type: string;
}

const lookups: TokenTable = { name: 'customer_lookup', customer: 'number', type: 'int4' };
const uniques: TokenTable = { name: 'customer_unique', customer: 'customer_id', type: 'uuid' };

const insert = (sql: Sql, { name, customer, type }: TokenTable, values: unknown[]): Promise<unknown[]> =>
  sql(
    `INSERT INTO ${name} (tenant_id, field, token, ${customer})
     SELECT $1::uuid, r.* FROM unnest($2::text[], $3::bytea[], $4::${type}[]) AS r
     ON CONFLICT DO NOTHING RETURNING 1 AS added`,
    values,
  );

const remove = (sql: Sql, { name, customer, type }: TokenTable, values: unknown[]): Promise<unknown[]> =>
  sql(
    `DELETE FROM ${name} t USING unnest($2::text[], $3::bytea[], $4::${type}[]) AS r (field, token, customer)
     WHERE t.tenant_id = $1 AND t.field = r.field AND t.token = r.token AND t.${customer} = r.customer`,
    values,
  );

const tokensOf = (rows: { field: string; token: Buffer }[]): Buffer[] => [
  texts(rows.map((row) => row.field)),
  byteas(rows.map((row) => row.token)),
];
