import pg from 'pg';
import { OperatorError } from '../errors.ts';
import type { KeySource } from '../privacy/key-source.ts';
import { tenantKeyOf } from '../privacy/tenant-keys.ts';
import { readTenantKeys, type TenantKeyRow } from './tenant-keys.ts';

/** A tenant's key as it lies in storage, and whose it is. */
interface StoredTenantKey extends TenantKeyRow {
  tenantId: string;
}

/**
 * Opens what is stored before anything is written, so that a service with another source key than its database was used
 * with does not start, and no tenant gets a key that is good for nothing once the right one is back. One key that opens
 * speaks for all that the same source key wrapped; a few are tried, since somebody may have changed one, which fails its
 * own tenant alone. Throws OperatorError.
 */
export const tryKeySource = async (source: KeySource, stored: StoredTenantKey[]): Promise<void> => {
  for (const name of new Set(stored.map((row) => row.source))) {
    const failures: unknown[] = [];
    for (const row of stored.filter((one) => one.source === name).slice(0, mostTried)) {
      try {
        await source.unwrap(row, tenantKeyOf(row.tenantId, row.generation));
        failures.length = 0;
        break;
      } catch (error) {
        failures.push(error);
      }
    }
    const missing = failures.find((error) => error instanceof OperatorError);
    if (missing) throw missing;
  }
};

const mostTried = 3;

/** The keys of all tenants, asked tenant by tenant, as row-level security wants it. */
export const readAllTenantKeys = async (connection: pg.ClientConfig): Promise<StoredTenantKey[]> => {
  const client = new pg.Client(connection);
  client.on('error', () => {});
  await client.connect();
  try {
    const tenants = await client.query<{ id: string }>('SELECT tenant_id AS id FROM tenant');
    const all: StoredTenantKey[] = [];
    for (const { id: tenantId } of tenants.rows) {
      await client.query(`BEGIN; SET LOCAL app.tenant = ${pg.escapeLiteral(tenantId)}`);
      const sql = async (text: string, values?: unknown[]) =>
        (await client.query(text, values)).rows as never;
      all.push(...(await readTenantKeys(sql, tenantId)).map((row) => ({ ...row, tenantId })));
      await client.query('COMMIT');
    }
    return all;
  } finally {
    await client.end();
  }
};
