import type { TenantKeys } from '../privacy/tenant-keys.ts';
import type { Database } from './database.ts';
import type { Cursor } from './moved-heads.ts';
import {
  type CheckpointTerms,
  type MadeCheckpoint,
  makeNextCheckpoint,
  type NextCheckpoint,
} from './next-checkpoint.ts';
import type { Sql } from './sql.ts';

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
    const terms: CheckpointTerms = { tenantId, from, begin, afterMs, settledAt };
    const one: NextCheckpoint | undefined = await database.keyring.with(tenantId, (keys) =>
      database.inTenant(tenantId, (sql) => makeNextCheckpoint(sql, keys, terms)),
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
  await makeNextCheckpoint(sql, keys, {
    tenantId,
    from: null,
    begin: true,
    afterMs: 0,
    settledAt: undefined,
  });
};
