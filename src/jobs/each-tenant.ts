import { errorName } from './error-name.ts';

/** How a job learns of the tenants, and where it says which of them it could do nothing for. */
export interface TenantJob {
  tenants(): Promise<string[]>;
  log: { error(about: object, message: string): void };
}

/**
 * Does a piece of work for every tenant, one after the other, until it is stopped. A tenant whose work fails, be it that its
 * keys can't be opened, is logged as `failed` and keeps no other one waiting; the next look tries it again. Throws only
 * where the tenants can't be listed.
 */
export const eachTenant = async (
  { tenants, log }: TenantJob,
  failed: string,
  stopped: () => boolean,
  work: (tenantId: string) => Promise<void>,
): Promise<void> => {
  for (const tenantId of await tenants()) {
    if (stopped()) return;
    try {
      await work(tenantId);
    } catch (error) {
      log.error({ tenant: tenantId, error: errorName(error) }, failed);
    }
  }
};
