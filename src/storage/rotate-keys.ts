import { newDataKey } from '../privacy/data-key.ts';
import { type TenantKeys, tenantKeyOf } from '../privacy/tenant-keys.ts';
import { wrappedAs } from '../privacy/whole-tenant.ts';
import { nilUuid } from '../uuid.ts';
import { readKeysOfOtherGenerations, rewrapDataKeys } from './data-keys.ts';
import type { Database } from './database.ts';
import type { Sql } from './sql.ts';
import {
  deleteUnusedTenantKeys,
  insertTenantKey,
  readTenantKeys,
  retireTenantKey,
  rewrapTenantKey,
} from './tenant-keys.ts';
import { readTenantSecrets, rewrapTenantSecret } from './tenant-secrets.ts';

/** How a rotation of a tenant's key ended. */
interface Rotation {
  generation: number;
  /** Whether it finished one that had been cut off, and began none. */
  resumed: boolean;
  /** How many customers' keys were wrapped anew, this time. */
  rewrapped: number;
  deleted: number[];
}

/** Told before each step, so that a test can end the rotation there. */
export type OnStep = (
  step: 'begin' | 'wrap' | 'retired' | 'secrets' | 'batch' | 'read' | 'delete',
) => void | Promise<void>;

/**
 * Gives a tenant a new key: a new generation wraps from now on, everything wrapped by older ones is wrapped anew a batch
 * at a time, and then the older ones are deleted. Nothing that is sealed is touched, and the service goes on meanwhile.
 * Wherever it is cut off, calling it again finishes it; two that run at once do the work of one.
 */
export const rotateTenantKey = async (
  database: Database,
  tenantId: string,
  onStep: OnStep = () => {},
): Promise<Rotation> => {
  await onStep('begin');
  const resumed = await isUnfinished(database, tenantId);
  if (resumed) {
    const finished = await finish(database, tenantId, onStep);
    // Keys that can't be opened keep an old generation for good; they must not keep the tenant from a new one.
    if (finished.rewrapped > 0 || finished.deleted.length > 0) return { ...finished, resumed };
  }
  await beginGeneration(database, tenantId, onStep);
  return { ...(await finish(database, tenantId, onStep)), resumed: false };
};

/** Wraps anew whatever another generation wrapped, and deletes the generations that nothing needs any more. */
const finish = async (
  database: Database,
  tenantId: string,
  onStep: OnStep,
): Promise<Omit<Rotation, 'resumed'>> => {
  const { keyring } = database;
  // Every other process learns of the new generation when it meets it, or when it can no longer wrap with the old one.
  keyring.forget(tenantId);
  await onStep('secrets');
  await keyring.with(tenantId, (keys) => rewrapSecrets(database, tenantId, keys));
  let rewrapped = 0;
  for (let after: string | undefined = nilUuid; after !== undefined; ) {
    await onStep('batch');
    const from: string = after;
    const batch = await keyring.with(tenantId, (keys) => rewrapBatch(database, tenantId, keys, from, onStep));
    rewrapped += batch.count;
    after = batch.last;
  }
  await onStep('delete');
  const deleted = await database.inTenant(tenantId, (sql) => deleteUnusedTenantKeys(sql, tenantId));
  keyring.forget(tenantId);
  const generation = await keyring.with(tenantId, async (keys) => keys.generation);
  return { generation, rewrapped, deleted };
};

/** Wraps the keys of a tenant with the current key of the source, and says how many were not yet. May be cut off and repeated. */
export const rewrapTenantKeys = async (database: Database, tenantId: string): Promise<number> => {
  const { source } = database.keyring;
  const rows = await database.inTenant(tenantId, (sql) => readTenantKeys(sql, tenantId));
  let rewrapped = 0;
  for (const row of rows) {
    if (await source.isCurrent(row)) continue;
    const purpose = tenantKeyOf(tenantId, row.generation);
    const after = await source.wrap(await source.unwrap(row, purpose), purpose);
    const done = await database.inTenant(tenantId, (sql) => rewrapTenantKey(sql, tenantId, row, after));
    rewrapped += done.length;
  }
  return rewrapped;
};

const batchSize = 1000;

const isUnfinished = async (database: Database, tenantId: string): Promise<boolean> => {
  // The first use makes the keys of a tenant of before there were any.
  await database.keyring.with(tenantId, async () => {});
  const rows = await database.inTenant(tenantId, (sql) => readTenantKeys(sql, tenantId));
  return rows.some((row) => row.retiredAt !== null);
};

const beginGeneration = async (database: Database, tenantId: string, onStep: OnStep): Promise<void> => {
  const rows = await database.inTenant(tenantId, (sql) => readTenantKeys(sql, tenantId));
  const last = rows.at(-1)?.generation ?? 0;
  const generation = last + 1;
  const wrapped = await database.keyring.source.wrap(newDataKey(), tenantKeyOf(tenantId, generation));
  await onStep('wrap');
  await database.inTenant(tenantId, async (sql) => {
    if (!(await insertTenantKey(sql, tenantId, { generation, ...wrapped }))) return;
    await retireTenantKey(sql, tenantId, last);
    await onStep('retired');
  });
};

const rewrapSecrets = (database: Database, tenantId: string, keys: TenantKeys): Promise<void> =>
  database.inTenant(tenantId, async (sql) => {
    for (const row of await readTenantSecrets(sql, tenantId)) {
      if (row.generation === keys.generation) continue;
      const as = wrappedAs(keys, row.purpose, row.wrapped);
      const wrapped = keys.wrapSecret(as, keys.unwrapSecret(as, row.wrapped));
      await rewrapTenantSecret(sql, tenantId, row, { generation: keys.generation, wrapped });
    }
  });

const rewrapBatch = (database: Database, tenantId: string, keys: TenantKeys, after: string, onStep: OnStep) =>
  database.inTenant(tenantId, async (sql: Sql) => {
    const rows = await readKeysOfOtherGenerations(sql, tenantId, keys.generation, after, batchSize);
    await onStep('read');
    const anew = rows.flatMap(({ customerId, wrapped }) => {
      const key = keys.heldKey(customerId, wrapped);
      // What can't be opened is left as it is, and its generation with it, so that nothing gets lost that might be mended.
      return typeof key === 'object'
        ? [{ customerId, before: wrapped, wrapped: keys.wrapDataKey(customerId, key) }]
        : [];
    });
    const done = anew.length > 0 ? await rewrapDataKeys(sql, tenantId, keys.generation, anew) : [];
    return { count: done.length, last: rows.at(-1)?.customerId };
  });
