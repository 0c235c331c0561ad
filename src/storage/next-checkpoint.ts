import {
  type CheckpointRow,
  type CheckpointStatement,
  checkpointDigest,
  makeCheckpoint,
  mostHeads,
  statementOf,
} from '../customer/checkpoint.ts';
import { type SigningKey, signingKeyFrom } from '../privacy/signing-key.ts';
import type { TenantKeys } from '../privacy/tenant-keys.ts';
import { nilUuid } from '../uuid.ts';
import { insertCheckpoint, type NotedRow, readNewest } from './checkpoint-rows.ts';
import { type Cursor, readMoved } from './moved-heads.ts';
import { newestNoted, noteNewest } from './newest-checkpoint.ts';
import type { Sql } from './sql.ts';

/**
 * Makes the next checkpoint of a tenant inside a transaction; undefined where none is due, or another process made it. Throws
 * an Error when the newest one must not be built upon.
 */
export const makeNextCheckpoint = async (
  sql: Sql,
  keys: TenantKeys,
  { tenantId, from, begin, afterMs, settledAt }: CheckpointTerms,
): Promise<NextCheckpoint | undefined> => {
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

/** Whose checkpoint to make, where it goes on, whether it is the first, how old the last one must be, and what is settled. */
export interface CheckpointTerms {
  tenantId: string;
  from: Cursor | null;
  begin: boolean;
  afterMs: number;
  settledAt: Date | undefined;
}

/** A checkpoint, and where the next one goes on where there is more than one holds. */
export interface NextCheckpoint {
  made: MadeCheckpoint;
  more: Cursor | null;
}

/** A checkpoint that was made, as it is told elsewhere. */
export interface MadeCheckpoint {
  sequence: number;
  digest: string;
}

/** A transaction has its instant a moment before it can be seen to run, and the clock may be set back a little. */
const marginMs = 60_000;

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
