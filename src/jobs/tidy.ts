import { eachTenant, type TenantJob } from './each-tenant.ts';
import { createSweeper } from './sweeper.ts';

/** Removes what is no longer read or kept, from time to time. */
export interface Tidying {
  start(): void;
  /** Removes nothing more, and finishes the step that is under way. */
  stop(): Promise<void>;
}

/** How much of each kind one step removed, and whether there may be more. */
export interface Tidied {
  removed: Record<string, number>;
  more: boolean;
}

/** What is removed, and whom it is told to. */
interface TidyOptions extends TenantJob {
  /** Each removes some of what is over in one tenant. */
  steps: ((tenantId: string) => Promise<Tidied>)[];
  /** Told how much of a kind was removed. */
  onRemoved(kind: string, count: number): void;
  log: TenantJob['log'] & { info(about: object, message: string): void };
}

/** Makes the job. What is read is judged by its own time, so tidying late shows nothing that is over. */
export const createTidying = (options: TidyOptions): Tidying => {
  const sweeper = createSweeper(() => tidyAll(options, sweeper.isStopped), everyMs);
  return { start: () => sweeper.start('later'), stop: sweeper.stop };
};

const everyMs = 10 * 60 * 1000;

/** Tidies every tenant until nothing is left or it is stopped, and tells how much of each kind was removed. */
export const tidyAll = (options: TidyOptions, stopped: () => boolean): Promise<void> =>
  eachTenant(options, 'a tenant could not be tidied, and will be tried again', stopped, async (tenantId) => {
    const removed: Record<string, number> = {};
    try {
      await tidyTenant(options, tenantId, stopped, removed);
    } finally {
      if (Object.keys(removed).length > 0) options.log.info({ tenantId, removed }, 'removed what is over');
    }
  });

/** Goes on with each step until nothing is left; adds up what was removed, by kind. */
const tidyTenant = async (
  { steps, onRemoved }: TidyOptions,
  tenantId: string,
  stopped: () => boolean,
  removed: Record<string, number>,
): Promise<void> => {
  for (const step of steps) {
    for (let more = true; more && !stopped(); ) {
      const tidied = await step(tenantId);
      more = tidied.more;
      for (const [kind, count] of Object.entries(tidied.removed)) {
        if (count === 0) continue;
        removed[kind] = (removed[kind] ?? 0) + count;
        onRemoved(kind, count);
      }
    }
  }
};
