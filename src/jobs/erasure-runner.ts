import type { Tenant } from '../access/principal.ts';
import { carryOutErasure, type ErasureTools } from './carry-out-erasure.ts';
import { eachTenant, type TenantJob } from './each-tenant.ts';
import { errorName } from './error-name.ts';
import { createSweeper } from './sweeper.ts';

/** Carries out the erasures that are due. */
export interface ErasureRunner {
  /** Looks at every tenant, now and from time to time. */
  start(): void;
  /** Takes on nothing new, and finishes what is under way. */
  stop(): Promise<void>;
}

/** What erasures are carried out with, and how often it is looked for them. */
interface ErasureRunnerOptions extends ErasureTools, TenantJob {
  /** The time between two looks. */
  everyMs: number;
  tenant(id: string): Promise<Tenant | undefined>;
  log: { error(about: object, message: string): void; info(about: object, message: string): void };
}

/** Makes the runner. Several processes may look at the same erasures: every step may be done again. */
export const createErasureRunner = (options: ErasureRunnerOptions): ErasureRunner => {
  const sweep = (): Promise<void> =>
    eachTenant(options, 'erasures of a tenant could not be carried out', sweeper.isStopped, (tenantId) =>
      carryOutDue(options, tenantId, sweeper.isStopped),
    );
  const sweeper = createSweeper(sweep, options.everyMs);
  return { start: () => sweeper.start(), stop: sweeper.stop };
};

const erasuresAtOnce = 100;

/** One erasure that fails must not keep the others waiting. */
const carryOutDue = async (
  options: ErasureRunnerOptions,
  tenantId: string,
  stopped: () => boolean,
): Promise<void> => {
  const due = await options.work.due(tenantId, erasuresAtOnce);
  const tenant = due.length > 0 ? await options.tenant(tenantId) : undefined;
  if (!tenant) return;
  for (const erasureId of due) {
    if (stopped()) return;
    try {
      const done = await carryOutErasure(options, tenant, erasureId);
      if (done) options.log.info({ erasureId }, 'a customer was erased');
    } catch (error) {
      options.log.error({ erasureId, error: errorName(error) }, 'an erasure could not be carried out');
    }
  }
};
