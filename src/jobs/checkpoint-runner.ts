/** Signs from time to time where the chains of all histories end. */
export interface CheckpointRunner {
  start(): void;
  /** Finishes the checkpoint that is under way. */
  stop(): Promise<void>;
}

export interface CheckpointRunnerOptions {
  tenants(): Promise<string[]>;
  /** Makes the checkpoints that are due in a tenant; none when nothing changed or another process was faster. */
  make(tenantId: string, afterMs: number): Promise<{ sequence: number; digest: string }[]>;
  everyMs: number;
  log: { info(about: object, message: string): void; error(about: object, message: string): void };
}

/**
 * Makes the runner. Each checkpoint is logged with its digest: whoever keeps the log out of reach of the database can tell
 * later that nothing before it was rewritten, not even with all keys.
 */
export const createCheckpointRunner = (options: CheckpointRunnerOptions): CheckpointRunner => {
  const { everyMs, log } = options;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let sweeping: Promise<void> | undefined;
  const checkpoint = async (tenantId: string): Promise<void> => {
    try {
      for (const { sequence, digest } of await options.make(tenantId, everyMs)) {
        log.info({ tenant: tenantId, sequence, digest }, 'checkpoint of the history');
      }
    } catch (error) {
      const name = error instanceof Error ? error.name : typeof error;
      log.error({ tenant: tenantId, error: name }, 'no checkpoint could be made; see customary verify');
    }
  };
  const sweep = async (): Promise<void> => {
    for (const tenantId of await options.tenants()) {
      if (stopped) return;
      await checkpoint(tenantId);
    }
  };
  const wait = (): void => {
    // Others may have made the last one: looking more often than it is due keeps the interval.
    const lookMs = Math.min(everyMs, Math.max(1000, everyMs / 10));
    if (!stopped) timer = setTimeout(sweepAgain, lookMs).unref();
  };
  const sweepAgain = (): void => {
    // A database that is away needs no words.
    sweeping = sweep()
      .catch(() => {})
      .finally(wait);
  };
  return {
    start: wait,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await sweeping;
    },
  };
};
