import { fileURLToPath } from 'node:url';
import type { Tenant } from '../src/access/principal.ts';
import type { Database } from './postgres.ts';
import { startProgram } from './programs.ts';

/** Fills a tenant with people, in two programs at once. Throws when one of them failed. */
export const loadPeople = async (database: Database, tenant: Tenant, count: number): Promise<void> => {
  const { client } = database;
  // Filling an index in the order of random tokens takes several times as long as building it at the end.
  await client.query('ALTER TABLE customer_lookup DROP CONSTRAINT customer_lookup_pkey');
  const middle = Math.floor(count / 2);
  await Promise.all([loadPart(database, tenant, 1, middle), loadPart(database, tenant, middle + 1, count)]);
  await client.query(`SET maintenance_work_mem = '1GB'`);
  await client.query('ALTER TABLE customer_lookup ADD PRIMARY KEY (tenant_id, field, token, number)');
  await client.query('UPDATE tenant_state SET last_number = $2 WHERE tenant_id = $1', [tenant.id, count]);
  await client.query('VACUUM (ANALYZE)');
  await client.query('CHECKPOINT');
};

const loadPart = async (database: Database, tenant: Tenant, first: number, last: number): Promise<void> => {
  const { child, finished } = startProgram(process.execPath, [
    ...['--import', 'tsx', fileURLToPath(new URL('load-people-part.ts', import.meta.url))],
    ...[database.superuserUrl, database.serviceUrl, tenant.id, String(first), String(last)],
  ]);
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  const { code, output } = await finished;
  process.off('exit', kill);
  if (code !== 0) throw new Error(`Loading people failed: ${output.slice(-2000)}`);
};
