import { setTimeout as delay } from 'node:timers/promises';
import type { Tenant } from '../access/principal.ts';
import type { Webhook } from '../webhooks/webhook.ts';
import { eachTenant, type TenantJob } from './each-tenant.ts';
import { errorName } from './error-name.ts';
import { createSweeper } from './sweeper.ts';
import { type TellOptions, tellEvent } from './tell-event.ts';

/** Tells the webhooks of changes. */
export interface WebhookRunner {
  /** Looks at every tenant, now and from time to time. */
  start(): void;
  /** Takes on nothing new, and finishes what is under way. */
  stop(): Promise<void>;
  /** Events that wait, in all tenants that have webhooks. */
  waiting(): Promise<number>;
}

/** What is told and how, and how often it is looked for more. */
interface WebhookRunnerOptions extends TellOptions, Pick<TenantJob, 'tenants'> {
  /** The time between two looks. */
  everyMs: number;
  tenant(id: string): Promise<Tenant | undefined>;
}

/**
 * Makes the runner. What is to be told lies in the database, so it does not matter which process tells it, and one that
 * dies loses nothing: what it was telling is told again when its lease is over. Each webhook is served by itself.
 */
export const createWebhookRunner = (options: WebhookRunnerOptions): WebhookRunner => {
  const running = new Map<string, Promise<void>>();
  let served: string[] = [];
  /** Starts a piece of work, unless it is under way. */
  const run = (name: string, tenantId: string, work: () => Promise<void>): void => {
    if (sweeper.isStopped() || running.has(name)) return;
    const report = (error: unknown) =>
      options.log.error({ tenant: tenantId, error: errorName(error) }, failed);
    running.set(
      name,
      work()
        .catch(report)
        .finally(() => running.delete(name)),
    );
  };
  const serve = async (tenantId: string, webhooks: Webhook[]): Promise<void> => {
    let more = true;
    while (more && !sweeper.isStopped()) {
      more = await options.store.fanOut(tenantId);
      for (const one of webhooks)
        run(one.webhookId, tenantId, () => drain(options, tenantId, one, sweeper.isStopped));
    }
  };
  const sweep = async (): Promise<void> => {
    const found: string[] = [];
    await eachTenant(options, failed, sweeper.isStopped, async (tenantId) => {
      const webhooks = await options.store.live(tenantId);
      if (webhooks.length === 0) return;
      found.push(tenantId);
      run(tenantId, tenantId, () => serve(tenantId, webhooks));
    });
    served = found;
  };
  const sweeper = createSweeper(sweep, options.everyMs);
  return {
    start: () => sweeper.start(),
    async stop() {
      await sweeper.stop();
      await Promise.all(running.values());
    },
    async waiting() {
      let sum = 0;
      // One after the other, so that counting takes one connection, however many tenants there are.
      for (const tenantId of served) sum += await options.store.waiting(tenantId);
      return sum;
    },
  };
};

const failed = 'webhooks could not be served';
const eventsAtOnce = 16;
/** How long whoever took on an event may take beside the exchange itself, one half of it before and one after. */
const leaseGraceMs = 5000;

/**
 * Tells what is due to one webhook, until nothing is and nothing is under way. So many events are told at a time, and one
 * that takes long holds up those of its customer alone: others are looked for meanwhile.
 */
const drain = async (
  options: WebhookRunnerOptions,
  tenantId: string,
  webhook: Webhook,
  stopped: () => boolean,
): Promise<void> => {
  const tenant = await options.tenant(tenantId);
  const underWay = new Set<Promise<void>>();
  const failures: unknown[] = [];
  while (tenant && failures.length === 0 && !stopped()) {
    const claimed = AbortSignal.timeout(leaseGraceMs / 2);
    const leaseMs = options.timeoutMs + leaseGraceMs;
    const deliveries = await options.store.claim(
      tenantId,
      webhook.webhookId,
      eventsAtOnce,
      leaseMs,
      underWay.size,
    );
    for (const one of deliveries) {
      const work = tellEvent(options, tenant, webhook, one, claimed)
        .catch((error) => void failures.push(error))
        .finally(() => underWay.delete(work));
      underWay.add(work);
    }
    if (underWay.size === 0) return;
    await Promise.race([...underWay, delay(options.everyMs, undefined, { ref: false })]);
  }
  await Promise.all(underWay);
  if (failures.length > 0) throw failures[0];
};
