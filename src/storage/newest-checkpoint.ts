import { createSecretKey } from 'node:crypto';
import { type TenantKeys, UnknownGeneration } from '../privacy/tenant-keys.ts';
import type { Sql } from './sql.ts';
import { upsertTenantSecret } from './tenant-secrets.ts';

/** The purpose of the row that says, under the tenant's key, which checkpoint is the newest: it holds its digest. */
const newestCheckpoint = 'checkpoint';

/** Notes that the checkpoint of this digest is the newest. Throws UnknownGeneration where these keys wrap nothing any more. */
export const noteNewest = async (
  sql: Sql,
  tenantId: string,
  keys: TenantKeys,
  digest: string,
): Promise<void> => {
  const wrapped = keys.wrapSecret(newestCheckpoint, createSecretKey(Buffer.from(digest, 'base64url')));
  const row = { purpose: newestCheckpoint, generation: keys.generation, wrapped };
  if (await upsertTenantSecret(sql, tenantId, row)) return;
  throw new UnknownGeneration('The tenant has another key since');
};

/** The digest that such a row holds; undefined where there is none, or it was tampered with. Throws UnknownGeneration. */
export const newestNoted = (keys: TenantKeys, wrapped: Buffer | null): string | undefined => {
  if (!wrapped) return undefined;
  try {
    return keys.unwrapSecret(newestCheckpoint, wrapped).export().toString('base64url');
  } catch (error) {
    if (error instanceof UnknownGeneration) throw error;
    return undefined;
  }
};

/** The row of the tenant that is the first parameter, as an expression: null where there is none. */
export const newestColumn = `(SELECT wrapped FROM tenant_secret WHERE tenant_id = $1 AND purpose = '${newestCheckpoint}')`;
