import type { TenantKeys } from '../privacy/tenant-keys.ts';
import type { Keyring } from './keyring.ts';
import type { Sql } from './sql.ts';

/** What a group of changes works with: its transaction, and the keys of its tenant. */
export interface Group {
  sql: Sql;
  commit(): Promise<unknown>;
  tenantId: string;
  keys: TenantKeys;
  keyring: Keyring;
}
