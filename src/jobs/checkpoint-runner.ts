import { eachTenant, type TenantJob } from './each-tenant.ts';
import { createSweeper } from './sweeper.ts';

/** Signs from time to time where the chains of all histories end. */
export interface CheckpointRunner {
  start(): void;
  /** Finishes the checkpoint that is under way. */
  stop(): Promise<void>;
}

/** How checkpoints are made, and how much time there is between two of a tenant. */
interface CheckpointRunnerOptions extends TenantJob {
  /** Makes the checkpoints that are due in a tenant; none when nothing changed or another process was faster. */
  make(
    tenantId: string,
    options: { afterMs: number; settledAt: Date | undefined },
  ): Promise<{ sequence: number; digest: string }[]>;
  /** Since when all that is still to be committed was begun; undefined when that can't be told now. */
  settled(): Promise<Date | undefined>;
  everyMs: number;
  log: { info(about: object, message: string): void; error(about: object, message: string): void };
}

/**
 * Makes the runner. Each checkpoint is logged with its digest: whoever keeps the log out of reach of the database can tell
 * later that nothing before it was rewritten, not even with all keys.
 */
export const createCheckpointRunner = (options: CheckpointRunnerOptions): CheckpointRunner => {
  const { everyMs, log } = options;
  const checkpoint = async (tenantId: string, settledAt: Date | undefined): Promise<void> => {
    for (const { sequence, digest } of await options.make(tenantId, { afterMs: everyMs, settledAt })) {
      log.info({ tenant: tenantId, sequence, digest }, 'checkpoint of the history');
    }
  };
  const failed = 'no checkpoint could be made; see customary verify';
  const sweep = async (): Promise<void> => {
    const settledAt = await options.settled();
    await eachTenant(options, failed, sweeper.isStopped, (tenantId) => checkpoint(tenantId, settledAt));
  };
  // Others may have made the last one: looking more often than it is due keeps the interval.
  const sweeper = createSweeper(sweep, Math.min(everyMs, Math.max(1000, everyMs / 10)));
  return { start: () => sweeper.start('later'), stop: sweeper.stop };
};
