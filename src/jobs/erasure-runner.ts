import type { Tenant } from '../access/principal.ts';
import { carryOutErasure, type ErasureTools } from './carry-out-erasure.ts';

/** Carries out the erasures that are due. */
export interface ErasureRunner {
  /** Looks at every tenant, now and from time to time. */
  start(): void;
  /** Takes on nothing new, and finishes what is under way. */
  stop(): Promise<void>;
}

export interface ErasureRunnerOptions extends ErasureTools {
  tenants(): Promise<string[]>;
  tenant(id: string): Promise<Tenant | undefined>;
  log: { error(about: object, message: string): void; info(about: object, message: string): void };
}

/** Makes the runner. Several processes may look at the same erasures: every step may be done again. */
export const createErasureRunner = (options: ErasureRunnerOptions): ErasureRunner => {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let sweeping: Promise<void> | undefined;
  const sweep = async (): Promise<void> => {
    for (const tenantId of await options.tenants()) {
      if (stopped) return;
      await carryOutDue(options, tenantId, () => stopped);
    }
  };
  const sweepAgain = (): void => {
    // What could not be looked at now is looked at again; a database that is away needs no words.
    sweeping = sweep()
      .catch(() => {})
      .finally(() => {
        if (!stopped) timer = setTimeout(sweepAgain, sweepEveryMs).unref();
      });
  };
  return {
    start: sweepAgain,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await sweeping;
    },
  };
};

const sweepEveryMs = 2000;
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
      const name = error instanceof Error ? error.name : typeof error;
      options.log.error({ erasureId, error: name }, 'an erasure could not be carried out');
    }
  }
};
