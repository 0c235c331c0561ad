import {
  type CheckpointRow,
  type CheckpointStatement,
  checkpointDigest,
  type Head,
  makeCheckpoint,
  mostHeads,
  statementOf,
} from '../customer/checkpoint.ts';
import { type SigningKey, signingKeyFrom } from '../privacy/signing-key.ts';
import type { TenantKeys } from '../privacy/tenant-keys.ts';
import { nilUuid } from '../uuid.ts';
import type { Database, Sql } from './database.ts';
import { newestColumn, newestNoted, noteNewest } from './newest-checkpoint.ts';

/** A checkpoint that was made, as it is told elsewhere. */
interface MadeCheckpoint {
  sequence: number;
  digest: string;
}

/**
 * Makes the checkpoints of what changed in a tenant since its last one: none when nothing did, when the last one is
 * younger than `afterMs`, or when the tenant's history is not chained yet. Several processes may do so at once. Commits
 * come in another order than the instants of their changes: what changed after `settledAt`, of which `settled` tells that
 * nothing from before it is still to come, stands in the next one too, and without it all that changed since it was last
 * known. Throws an Error when the last one is not what the service wrote, or not the last one that it wrote: it must not be
 * built upon.
 */
export const makeCheckpoints = async (
  database: Database,
  tenantId: string,
  options: { afterMs?: number; begin?: boolean; settledAt?: Date | undefined } = {},
): Promise<MadeCheckpoint[]> => {
  const { begin = false, afterMs = 0, settledAt } = options;
  const made: MadeCheckpoint[] = [];
  let from: Cursor | null = null;
  do {
    const terms: Terms = { tenantId, from, begin, afterMs, settledAt };
    const one: One | undefined = await database.keyring.with(tenantId, (keys) =>
      database.inTenant(tenantId, (sql) => makeOne(sql, keys, terms)),
    );
    if (one) made.push(one.made);
    from = one?.more ?? null;
  } while (from);
  return made;
};

/** Signs that all of a tenant's history is chained from now on. Again, it changes nothing. */
export const beginCheckpoints = (database: Database, tenantId: string): Promise<MadeCheckpoint[]> =>
  makeCheckpoints(database, tenantId, { begin: true });

/** The same inside the transaction that makes the tenant, so that no tenant is whole and has no checkpoint. */
export const beginCheckpointsIn = async (sql: Sql, tenantId: string, keys: TenantKeys): Promise<void> => {
  await makeOne(sql, keys, { tenantId, from: null, begin: true, afterMs: 0, settledAt: undefined });
};

/** Whether a tenant's history is chained from its first entry on, as its first checkpoint says. */
export const hasCheckpoint = async (sql: Sql, tenantId: string): Promise<boolean> =>
  (await sql('SELECT 1 AS there FROM checkpoint WHERE tenant_id = $1 LIMIT 1', [tenantId])).length === 1;

interface Cursor {
  updatedAt: Date;
  customerId: string;
}

/** A checkpoint, and where the next one goes on where there is more than one holds. */
interface One {
  made: MadeCheckpoint;
  more: Cursor | null;
}

interface Terms {
  tenantId: string;
  from: Cursor | null;
  begin: boolean;
  afterMs: number;
  settledAt: Date | undefined;
}

/** A transaction has its instant a moment before it can be seen to run, and the clock may be set back a little. */
const marginMs = 60_000;

const makeOne = async (
  sql: Sql,
  keys: TenantKeys,
  { tenantId, from, begin, afterMs, settledAt }: Terms,
): Promise<One | undefined> => {
  const key = await signingKeyFrom(keys.ownSecret('signing'));
  const [clock, newest] = await Promise.all([readClock(sql, tenantId), readNewest(sql, tenantId)]);
  const { now, lastNumber } = clock;
  // A tenant that is being made has its keys at hand, and no checkpoint yet.
  if (keys.whole && !begin) refuseOlder(newest, keys);
  if (begin ? newest && !from : !newest) return undefined;
  const before = newest && (await genuine(newest, tenantId, key));
  if (before && !from && now.getTime() - Date.parse(before.recordedAt) < afterMs) return undefined;
  const since = before ? new Date(Date.parse(before.through) - marginMs) : new Date(0);
  const moved = await readMoved(sql, tenantId, from ?? { updatedAt: since, customerId: nilUuid });
  if (moved.length === 0 && before) return undefined;
  const last = moved.at(-1);
  const more = moved.length === mostHeads && last ? last : null;
  const known = before ? Date.parse(before.through) : 0;
  const through = Math.max(known, throughOf(settledAt, more));
  const statement = {
    tenant: tenantId,
    sequence: (newest?.sequence ?? 0) + 1,
    recordedAt: now,
    through: new Date(through).toISOString(),
    previous: newest ? checkpointDigest(newest) : null,
    lastNumber,
  };
  const row = makeCheckpoint(key, statement, moved);
  if (before && !more && through === known && newest?.heads.equals(row.heads)) return undefined;
  if (!(await insertCheckpoint(sql, tenantId, row))) return undefined;
  const digest = checkpointDigest(row);
  await noteNewest(sql, tenantId, keys, digest);
  return { more, made: { sequence: row.sequence, digest } };
};

/** Up to when nothing is still to come, and all that changed stands in a checkpoint; milliseconds since 1970. */
const throughOf = (settledAt: Date | undefined, more: Cursor | null): number =>
  Math.min(settledAt?.getTime() ?? 0, more?.updatedAt.getTime() ?? Number.POSITIVE_INFINITY);

/** What is gone must not be covered up by a checkpoint that follows an older one. */
const refuseOlder = (newest: NotedRow | undefined, keys: TenantKeys): void => {
  if (newest && newestNoted(keys, newest.noted) === checkpointDigest(newest)) return;
  throw new Error('The newest checkpoint is not the last one that the service wrote');
};

const genuine = async (
  row: CheckpointRow,
  tenantId: string,
  key: SigningKey,
): Promise<CheckpointStatement> => {
  const statement = statementOf(row, tenantId, [key.publicJwk]);
  if (statement) return statement;
  throw new Error('The newest checkpoint is not what the service wrote');
};

const readClock = async (sql: Sql, tenantId: string): Promise<{ now: Date; lastNumber: number }> => {
  const [row] = await sql<{ now: Date; lastNumber: number }>(
    `SELECT date_trunc('milliseconds', transaction_timestamp()) AS now, last_number AS "lastNumber" FROM tenant_state
     WHERE tenant_id = $1`,
    [tenantId],
  );
  if (!row) throw new Error('The tenant has no state row');
  return row;
};

/** A checkpoint with what is noted of the newest one, read at the same moment. */
type NotedRow = CheckpointRow & { noted: Buffer | null };

/** The newest checkpoint of a tenant; undefined where there is none. */
export const readNewest = async (sql: Sql, tenantId: string): Promise<NotedRow | undefined> => {
  const [row] = await sql<NotedRow>(
    `SELECT sequence, recorded_at AS "recordedAt", heads, jws, ${newestColumn} AS noted FROM checkpoint WHERE tenant_id = $1
     ORDER BY sequence DESC LIMIT 1`,
    [tenantId],
  );
  return row;
};

/**
 * Chained customers that changed after this place, in the order of their changes, as many as a checkpoint holds. They are
 * read a part at a time: while one is taken in, callers wait for the processor.
 */
const readMoved = async (sql: Sql, tenantId: string, from: Cursor): Promise<(Head & Cursor)[]> => {
  const moved: (Head & Cursor)[] = [];
  while (moved.length < mostHeads) {
    const part = await readPart(sql, tenantId, moved.at(-1) ?? from);
    moved.push(...part);
    if (part.length < partHeads) break;
  }
  return moved;
};

/** A whole number of them is what a checkpoint holds. */
const partHeads = mostHeads / 16;

const readPart = (sql: Sql, tenantId: string, from: Cursor): Promise<(Head & Cursor)[]> =>
  sql(
    `SELECT customer_id AS "customerId", version::float8 AS version, chain_head AS hash, updated_at AS "updatedAt"
     FROM customer WHERE tenant_id = $1 AND (updated_at, customer_id) > ($2::timestamptz, $3::uuid)
       AND chain_head IS NOT NULL ORDER BY updated_at, customer_id LIMIT $4`,
    [tenantId, from.updatedAt.toISOString(), from.customerId, partHeads],
  );

/** Keeps a checkpoint; false when another process kept one of this sequence. */
const insertCheckpoint = async (sql: Sql, tenantId: string, row: CheckpointRow): Promise<boolean> => {
  const rows = await sql(
    `INSERT INTO checkpoint (tenant_id, sequence, recorded_at, heads, jws) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT DO NOTHING RETURNING 1 AS made`,
    [tenantId, row.sequence, row.recordedAt.toISOString(), row.heads, row.jws],
  );
  return rows.length === 1;
};
