import type { Tenant } from '../src/access/principal.ts';
import type { TenantKeys } from '../src/privacy/tenant-keys.ts';
import type { Stand } from './measures.ts';
import { type Database, startPostgres } from './postgres.ts';
import { say } from './say.ts';
import { type ServiceOptions, startService } from './service.ts';
import { createBenchTenant } from './tenant.ts';

/** What is put up. */
export interface StandOptions extends ServiceOptions {
  programs: Stand['programs'];
  customers: number;
  /** Fills the database before the service starts, so that no statement is planned on empty tables. */
  fill(database: Database, tenant: Tenant, keys: TenantKeys): Promise<void>;
}

/** Puts up a database of its own with customers and the service on it, runs `work`, and puts all of it away again. */
export const withStand = async <T>(options: StandOptions, work: (stand: Stand) => Promise<T>): Promise<T> => {
  const { programs, customers, sealing } = options;
  say('Starting PostgreSQL');
  const database = await startPostgres();
  try {
    const { tenant, keys, key } = await createBenchTenant(database, sealing);
    say(`Loading ${customers} customers${sealing ? '' : ' without sealing'}`);
    await options.fill(database, tenant, keys);
    const service = await startService(database, options);
    const secret = keys.secret;
    try {
      return await work({
        ...{ database, service, programs, key, customers, tenant: { ...tenant, secret }, variables: {} },
      });
    } finally {
      await service.stop();
    }
  } finally {
    await database.close();
  }
};
