import type { KeyObject } from 'node:crypto';
import { OperatorError } from '../errors.ts';
import { newDataKey } from '../privacy/data-key.ts';
import type { KeyCache } from '../privacy/key-cache.ts';
import type { KeySource } from '../privacy/key-source.ts';
import { type OwnSecret, type TenantKeys, tenantKeyOf, tenantKeys } from '../privacy/tenant-keys.ts';
import { lookupSecret, wholeLookup, wrappedAs } from '../privacy/whole-tenant.ts';
import { ownSecrets } from './first-keys.ts';
import { firstOfOld } from './keys-of-old.ts';
import type { Transactions } from './sql.ts';
import { readStoredKeys } from './stored-keys.ts';
import { insertTenantSecret } from './tenant-secrets.ts';

/**
 * Reads the keys of a tenant and opens them with the source. A tenant of before gets what it never had. Throws OperatorError
 * when the source does not open them, or a secret is gone.
 */
export const readKeys = async (
  database: Transactions,
  source: KeySource,
  sealing: boolean,
  cache: KeyCache,
  tenantId: string,
): Promise<ReadKeys> => {
  const stored = (await readStoredKeys(database, tenantId)) ?? (await firstOfOld(database, source, tenantId));
  const generations = new Map<number, KeyObject>();
  for (const row of stored.keys) {
    generations.set(row.generation, await source.unwrap(row, tenantKeyOf(tenantId, row.generation)));
  }
  const current = stored.keys.find((row) => row.retiredAt === null)?.generation;
  if (current === undefined) throw new Error('A tenant has no key that is not retired');
  const parts = { tenantId, generations, current, sealedOnly: stored.sealedOnly, sealing };
  const opening = tenantKeys({ ...parts, whole: false, secret: Buffer.alloc(0) });
  const lookup = stored.secrets.get(lookupSecret) as Buffer;
  const as = wrappedAs(opening, lookupSecret, lookup);
  const whole = as === wholeLookup;
  const own = new Map<OwnSecret, KeyObject>();
  for (const purpose of ownSecrets) {
    const wrapped = stored.secrets.get(purpose);
    if (wrapped) own.set(purpose, opening.unwrapSecret(purpose, wrapped));
  }
  if (own.size < ownSecrets.length) {
    const missing = ownSecrets.filter((purpose) => !own.has(purpose));
    if (whole) throw new OperatorError(`${secretsGone} (tenant_secret: ${missing.join(', ')}).`);
    await makeSecrets(database, tenantId, opening, missing);
    // Read again: another process may have made one first, or retired the generation.
    return readKeys(database, source, sealing, cache, tenantId);
  }
  const secret = opening.unwrapSecret(as, lookup).export();
  return { keys: tenantKeys({ ...parts, whole, secret, ownSecrets: own }, cache), mark: stored.mark };
};

/** A tenant's keys, and by what it is seen that its row or its secret says something else since. */
export interface ReadKeys {
  keys: TenantKeys;
  mark: string;
}

const secretsGone =
  'Somebody removed secrets of a tenant from the database; put their rows back from a backup';

const makeSecrets = (
  database: Transactions,
  tenantId: string,
  keys: TenantKeys,
  purposes: OwnSecret[],
): Promise<void> =>
  database.inTenant(tenantId, async (sql) => {
    for (const purpose of purposes) {
      const wrapped = keys.wrapSecret(purpose, newDataKey());
      await insertTenantSecret(sql, tenantId, { purpose, generation: keys.generation, wrapped });
    }
  });
