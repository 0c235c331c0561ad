import type { OpenRequest } from '../customer/store.ts';
import type { RequestEnd, RequestRow, StoredRequest } from '../customer/stored-rows.ts';
import { byteas, texts, timestamps, uuids } from './binary-array.ts';
import { dataKeyColumn, type Wrapped } from './data-keys.ts';
import { isHeld } from './legal-holds.ts';
import type { Sql } from './sql.ts';

const columns = `request_id AS "requestId", principal, contract, customer_id AS "customerId", status, sealed, result,
  created_at AS "createdAt", finished_at AS "finishedAt", ${dataKeyColumn('r')}`;

/** Keeps requests that were accepted and are to be carried out. */
export const insertRequests = (sql: Sql, tenantId: string, rows: RequestRow[]): Promise<unknown[]> =>
  sql(
    `INSERT INTO request (tenant_id, request_id, principal, contract, customer_id, status, sealed, created_at)
     SELECT $1::uuid, r.* FROM unnest($2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::text[], $7::bytea[],
       $8::timestamptz[]) AS r`,
    [
      tenantId,
      uuids(rows.map((row) => row.requestId)),
      texts(rows.map((row) => row.principal)),
      texts(rows.map((row) => row.contract)),
      uuids(rows.map((row) => row.customerId)),
      texts(rows.map((row) => row.status)),
      byteas(rows.map((row) => row.sealed)),
      timestamps(rows.map((row) => row.createdAt)),
    ],
  );

/** Ends requests that are still open, and tells how many those were. */
export const endRequests = (sql: Sql, tenantId: string, ends: RequestEnd[], now: Date): Promise<unknown[]> =>
  sql(
    `UPDATE request q SET status = r.status, result = r.result, finished_at = $5::timestamptz
     FROM unnest($2::uuid[], $3::text[], $4::bytea[]) AS r (request_id, status, result)
     WHERE q.tenant_id = $1 AND q.request_id = r.request_id AND q.status = 'open' RETURNING 1 AS ended`,
    [
      tenantId,
      uuids(ends.map((end) => end.requestId)),
      texts(ends.map((end) => end.status)),
      byteas(ends.map((end) => end.result)),
      now.toISOString(),
    ],
  );

/** Those of the requests that are open, locked so that one process alone carries each out. */
export const lockOpenRequests = async (
  sql: Sql,
  tenantId: string,
  ids: string[],
): Promise<Wrapped<OpenRequest>[]> => {
  if (ids.length === 0) return [];
  return sql(
    `SELECT request_id AS "requestId", customer_id AS "customerId", ${dataKeyColumn('r')} FROM request r
     WHERE tenant_id = $1 AND request_id = ANY($2::uuid[]) AND status = 'open' ORDER BY request_id FOR UPDATE`,
    [tenantId, uuids(ids)],
  );
};

/** The request of an id, or none. */
export const readRequest = (
  sql: Sql,
  tenantId: string,
  requestId: string,
): Promise<Wrapped<StoredRequest>[]> =>
  sql(`SELECT ${columns} FROM request r WHERE tenant_id = $1 AND request_id = $2`, [tenantId, requestId]);

/** Requests of a customer that are kept, in the order of their ids, after this one. */
export const readRequestsOf = (
  sql: Sql,
  tenantId: string,
  customerId: string,
  after: string,
  limit: number,
): Promise<Wrapped<StoredRequest>[]> =>
  sql(
    `SELECT ${columns} FROM request r WHERE tenant_id = $1 AND customer_id = $2 AND request_id > $3
     ORDER BY request_id LIMIT $4`,
    [tenantId, customerId, after, limit],
  );

/** Requests that wait, in the order in which the database took them. */
export const readOpenRequests = (
  sql: Sql,
  tenantId: string,
  limit: number,
): Promise<Wrapped<StoredRequest>[]> =>
  sql(
    `SELECT ${columns} FROM request r WHERE tenant_id = $1 AND status = 'open' ORDER BY created_at, request_id LIMIT $2`,
    [tenantId, limit],
  );

/** Removes ended requests that are older than they are kept, but for those of customers with a legal hold, and the keys of customers who were never made by them. */
export const deleteOldRequests = async (
  sql: Sql,
  tenantId: string,
  seconds: number,
  most: number,
): Promise<number> => {
  const rows = await sql<{ customerId: string }>(
    `DELETE FROM request WHERE tenant_id = $1 AND request_id IN (
       SELECT r.request_id FROM request r WHERE r.tenant_id = $1 AND r.status <> 'open'
         AND r.finished_at <= now() - make_interval(secs => $2) AND NOT ${isHeld('r')} LIMIT $3) RETURNING customer_id AS "customerId"`,
    [tenantId, seconds, most],
  );
  await deleteUnusedKeys(sql, tenantId, [...new Set(rows.map((row) => row.customerId))]);
  return rows.length;
};

/** Of a creation that failed nothing is left but the key; another request of the same customer still needs it. */
const deleteUnusedKeys = async (sql: Sql, tenantId: string, customerIds: string[]): Promise<void> => {
  if (customerIds.length === 0) return;
  await sql(
    `DELETE FROM customer_key k WHERE k.tenant_id = $1 AND k.customer_id = ANY($2::uuid[])
       AND NOT EXISTS (SELECT 1 FROM customer c WHERE c.tenant_id = $1 AND c.customer_id = k.customer_id)
       AND NOT EXISTS (SELECT 1 FROM request r WHERE r.tenant_id = $1 AND r.customer_id = k.customer_id)`,
    [tenantId, uuids(customerIds)],
  );
};
