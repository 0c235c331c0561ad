/** Removes what is no longer read, from time to time. */
export interface Tidying {
  stop(): void;
}

export interface TidyOptions {
  tenants(): Promise<string[]>;
  /** Removes some of what is over in one tenant; true when there is more. */
  tidyTenant(tenantId: string): Promise<boolean>;
  log: { warn(message: string): void };
}

/** Starts tidying. It only saves space: what is over is never read, tidied or not. */
export const startTidying = (options: TidyOptions): Tidying => {
  let stopped = false;
  const tidy = async () => {
    for (const tenantId of await options.tenants()) {
      while (!stopped && (await options.tidyTenant(tenantId)));
    }
  };
  const timer = setInterval(() => {
    tidy().catch(() => options.log.warn('tidying failed, and will be tried again'));
  }, everyMs).unref();
  return {
    stop() {
      stopped = true;
      clearInterval(timer);
    },
  };
};

const everyMs = 10 * 60 * 1000;
