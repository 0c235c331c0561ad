import { checkpointDigest } from '../customer/checkpoint.ts';
import { OperatorError } from '../errors.ts';
import type { TenantKeys } from '../privacy/tenant-keys.ts';
import { lookupSecret, wholeLookup, wrappedAs } from '../privacy/whole-tenant.ts';
import { readNewest } from './checkpoint-rows.ts';
import type { Database } from './database.ts';
import { noteNewest } from './newest-checkpoint.ts';
import type { Sql } from './sql.ts';
import { readTenantSecrets, rewrapTenantSecret } from './tenant-secrets.ts';
import { verifyHistory } from './verify-history.ts';

/**
 * Has a tenant's keys say that all of it is sealed and chained, as they do of a tenant that is made now: from then on no
 * row of the database says otherwise. Only of a tenant that verifies as one; throws OperatorError of another, and changes
 * nothing. Again, it does nothing. Gives whether it was done now.
 */
export const confirmWhole = async (database: Database, tenantId: string): Promise<boolean> => {
  const { keyring } = database;
  keyring.forget(tenantId);
  if (await keyring.with(tenantId, async ({ whole }) => whole)) return false;
  await keyring.with(tenantId, (keys) =>
    database.inTenant(tenantId, (sql) => noteFirst(sql, tenantId, keys)),
  );
  const { found, findings } = await verifyHistory(database, tenantId, { asWhole: true });
  if (found > 0) {
    const rules = [...new Set(findings.map(({ rule }) => rule))].join(', ');
    throw new OperatorError(
      `The tenant is not confirmed as sealed and chained wholly, since it is not: ${found} findings (${rules}).`,
    );
  }
  const confirmed = await keyring.with(tenantId, (keys) =>
    database.inTenant(tenantId, (sql) => wrapAsWhole(sql, tenantId, keys)),
  );
  keyring.forget(tenantId);
  if (!confirmed) throw new OperatorError('A rotation of the tenant’s key came between; try again.');
  return true;
};

/** An earlier version noted of no checkpoint that it is the newest. What this one noted stays, and is judged. */
const noteFirst = async (sql: Sql, tenantId: string, keys: TenantKeys): Promise<void> => {
  const newest = await readNewest(sql, tenantId);
  if (newest && !newest.noted) await noteNewest(sql, tenantId, keys, checkpointDigest(newest));
};

/** False when another process wrapped it meanwhile. */
const wrapAsWhole = async (sql: Sql, tenantId: string, keys: TenantKeys): Promise<boolean> => {
  const lookup = (await readTenantSecrets(sql, tenantId)).find(({ purpose }) => purpose === lookupSecret);
  if (!lookup) return false;
  const secret = keys.unwrapSecret(wrappedAs(keys, lookupSecret, lookup.wrapped), lookup.wrapped);
  const wrapped = keys.wrapSecret(wholeLookup, secret);
  const after = { generation: keys.generation, wrapped };
  return (await rewrapTenantSecret(sql, tenantId, lookup, after)).length === 1;
};
