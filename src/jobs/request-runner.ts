import { setTimeout as delay } from 'node:timers/promises';
import type { Tenant } from '../access/principal.ts';
import type { StoredRequest } from '../customer/stored-rows.ts';
import { type CarryingOut, carryOutRequest } from './carry-out-request.ts';
import { errorName } from './error-name.ts';
import { restMs } from './rest.ts';
import { createSweeper } from './sweeper.ts';

/** Carries out the changes that were accepted to be made later. */
export interface RequestRunner {
  /** Looks at every tenant, now and from time to time: after a crash, or when another process left requests behind. */
  start(): void;
  /** Looks at one tenant now. */
  wake(tenantId: string): void;
  /** Takes nothing new, and finishes what is under way. */
  stop(): Promise<void>;
}

/** What the runner works with beside. */
interface RunnerOptions extends CarryingOut {
  /** The time between two looks. */
  everyMs: number;
  tenants(): Promise<string[]>;
  tenant(id: string): Promise<Tenant | undefined>;
}

/**
 * Makes the runner. A request ends in the transaction of its change, so it is applied exactly once whoever carries
 * it out and whenever a process dies; several processes may look at the same requests.
 */
export const createRequestRunner = (options: RunnerOptions): RequestRunner => {
  const running = new Map<string, Promise<void>>();
  const again = new Set<string>();
  const stopping = new AbortController();
  const { signal } = stopping;
  const wake = (tenantId: string): void => {
    if (signal.aborted) return;
    if (running.has(tenantId)) return void again.add(tenantId);
    const work = drain(options, tenantId, signal)
      .catch((error: unknown) =>
        options.log.error({ tenant: tenantId, error: errorName(error) }, 'requests could not be carried out'),
      )
      .finally(() => {
        running.delete(tenantId);
        if (again.delete(tenantId)) wake(tenantId);
      });
    running.set(tenantId, work);
  };
  const sweep = async (): Promise<void> => {
    for (const id of await options.tenants()) wake(id);
  };
  const sweeper = createSweeper(sweep, options.everyMs);
  return {
    start: () => sweeper.start(),
    wake,
    async stop() {
      stopping.abort();
      await sweeper.stop();
      await Promise.all(running.values());
    },
  };
};

const requestsAtOnce = 128;

/** Works until no request waits; those of one customer in their order, those of different customers side by side. */
const drain = async (options: RunnerOptions, tenantId: string, stopped: AbortSignal): Promise<void> => {
  let tenant: Tenant | undefined;
  while (!stopped.aborted) {
    tenant ??= await options.tenant(tenantId);
    if (!tenant) return;
    const rows = await options.door.store.openRequests(tenant, requestsAtOnce);
    const [oldest] = rows;
    if (!oldest) return;
    const begun = performance.now();
    const customers = new Map<string, StoredRequest[]>();
    for (const row of rows) customers.set(row.customerId, [...(customers.get(row.customerId) ?? []), row]);
    const work = [...customers.values()].map((some) => carryOutInOrder(options, tenant as Tenant, some));
    // What can't be done now must not keep the others from being finished before it is tried again.
    const failed = (await Promise.allSettled(work)).find((one) => one.status === 'rejected');
    if (failed) throw failed.reason;
    const tookMs = performance.now() - begun;
    const waitedMs = Date.now() - oldest.createdAt.getTime();
    const forMs = restMs({ tookMs, waitedMs, callersWaiting: options.door.waiting() });
    if (forMs > 0) await delay(forMs, undefined, { signal: stopped }).catch(() => {});
  }
};

const carryOutInOrder = async (
  options: RunnerOptions,
  tenant: Tenant,
  rows: StoredRequest[],
): Promise<void> => {
  for (const row of rows) await carryOutRequest(options, tenant, row);
};
