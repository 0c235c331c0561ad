import type { ReplyRow, StoredReply } from '../customer/stored-rows.ts';
import { byteas, int4s, texts, timestamps, uuids } from './binary-array.ts';
import { dataKeyColumn, type Wrapped } from './data-keys.ts';
import type { Sql } from './sql.ts';

/** The replies kept under these keys. */
export const readReplies = async (
  sql: Sql,
  tenantId: string,
  keyDigests: Buffer[],
): Promise<Wrapped<StoredReply>[]> =>
  keyDigests.length === 0
    ? []
    : sql(
        `SELECT key_digest AS "keyDigest", fingerprint, customer_id AS "customerId", status, headers, sealed,
           created_at AS "createdAt", ${dataKeyColumn('i')}
         FROM idempotency_reply i WHERE tenant_id = $1 AND key_digest = ANY($2::bytea[])`,
        [tenantId, byteas(keyDigests)],
      );

/** Keeps replies, each under its key. A row whose time is over gives way; one that is not was faster, and stays. */
export const insertReplies = (
  sql: Sql,
  tenantId: string,
  rows: ReplyRow[],
  overBefore: Date,
): Promise<unknown[]> =>
  sql(
    `INSERT INTO idempotency_reply AS i
       (tenant_id, key_digest, fingerprint, customer_id, status, headers, sealed, created_at)
     SELECT $1::uuid, r.* FROM unnest($2::bytea[], $3::bytea[], $4::uuid[], $5::int4[], $6::text[], $7::bytea[],
       $8::timestamptz[]) AS r
     ON CONFLICT (tenant_id, key_digest) DO UPDATE SET fingerprint = excluded.fingerprint,
       customer_id = excluded.customer_id, status = excluded.status, headers = excluded.headers,
       sealed = excluded.sealed, created_at = excluded.created_at
     WHERE i.created_at <= $9::timestamptz
     RETURNING 1 AS kept`,
    [
      tenantId,
      byteas(rows.map((row) => row.keyDigest)),
      byteas(rows.map((row) => row.fingerprint)),
      uuids(rows.map((row) => row.customerId)),
      int4s(rows.map((row) => row.status)),
      texts(rows.map((row) => row.headers)),
      byteas(rows.map((row) => row.sealed)),
      timestamps(rows.map((row) => row.createdAt)),
      overBefore.toISOString(),
    ],
  );

/** Which replies about a customer are kept: their statuses and since when, never what they say. */
export const readRepliesOf = (
  sql: Sql,
  tenantId: string,
  customerId: string,
): Promise<{ status: number; createdAt: Date }[]> =>
  sql(
    `SELECT status, created_at AS "createdAt" FROM idempotency_reply
     WHERE tenant_id = $1 AND customer_id = $2 ORDER BY created_at`,
    [tenantId, customerId],
  );

/** Removes replies whose time is over; only tidies, since the time is judged when a reply is read. */
export const deleteOldReplies = async (
  sql: Sql,
  tenantId: string,
  seconds: number,
  most: number,
): Promise<number> => {
  const rows = await sql(
    `DELETE FROM idempotency_reply WHERE tenant_id = $1 AND key_digest IN (
       SELECT key_digest FROM idempotency_reply WHERE tenant_id = $1
         AND created_at <= now() - make_interval(secs => $2) ORDER BY created_at LIMIT $3)
     RETURNING 1 AS deleted`,
    [tenantId, seconds, most],
  );
  return rows.length;
};
