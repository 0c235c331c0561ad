import pg from 'pg';
import { connectionString } from '../../src/storage/embedded/connection-string.ts';
import type { EmbeddedAddress } from '../../src/storage/embedded/embedded.ts';

/** These tests end processes, not machines, so nothing needs to reach the disk. */
export const settings = { fsync: 'off' };

/** The rows of one statement, as superuser. */
export async function query(address: EmbeddedAddress, sql: string): Promise<unknown[]> {
  const target = { ...address, user: address.superuser, database: 'postgres' };
  const client = new pg.Client({ connectionString: connectionString(target) });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
