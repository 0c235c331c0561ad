import type { Tenant } from './access/principal.ts';
import type { Config } from './config.ts';
import type { Contract } from './contracts/contract.ts';
import type { Door } from './customer/execute.ts';
import { erasureTools } from './erasure-tools.ts';
import type { Metrics } from './http/metrics.ts';
import { type CheckpointRunner, createCheckpointRunner } from './jobs/checkpoint-runner.ts';
import { createErasureRunner, type ErasureRunner } from './jobs/erasure-runner.ts';
import { createRequestRunner, type RequestRunner } from './jobs/request-runner.ts';
import { createRetention } from './jobs/retention.ts';
import { createTidying, type Tidied, type Tidying } from './jobs/tidy.ts';
import { createWebhookRunner, type WebhookRunner } from './jobs/webhook-runner.ts';
import { packageVersion } from './package-root.ts';
import { makeCheckpoints } from './storage/checkpoints.ts';
import type { Database } from './storage/database.ts';
import { settled } from './storage/settled.ts';
import { listTenants, readTenant } from './storage/tenants.ts';
import { tidyTenant } from './storage/tidy.ts';
import { createWebhookStore } from './storage/webhook-deliveries.ts';

/** What a service is made of; its jobs and its HTTP edge are made with it. */
export interface ServiceParts {
  config: Config;
  contracts: readonly Contract[];
  database: Database;
  door: Door;
  metrics: Metrics;
  log: JobLog;
  newId(): string;
}

type JobLog = Record<'info' | 'warn' | 'error', (about: object, message: string) => void>;

/** What a service does of itself. Nothing is done before it is started. */
export interface Jobs {
  start(): void;
  /** Looks now at the accepted requests of a tenant. */
  wake(tenantId: string): void;
  /** Events that webhooks were not told yet. */
  waitingWebhooks(): Promise<number>;
  /**
   * Takes on nothing new, and finishes what is under way; accepted requests only when `served` has resolved, since callers
   * may add to them until then.
   */
  stop(served: Promise<unknown>): Promise<void>;
}

/** Makes the jobs of a service. */
export const createJobs = (parts: ServiceParts): Jobs => {
  const requests = requestRunner(parts);
  const telling = webhookRunner(parts);
  const others = [telling, erasureRunner(parts), checkpointRunner(parts), tidying(parts)];
  return {
    start() {
      for (const job of [requests, ...others]) job.start();
    },
    wake: requests.wake,
    waitingWebhooks: telling.waiting,
    async stop(served) {
      await Promise.all([served.then(requests.stop), ...others.map((job) => job.stop())]);
    },
  };
};

/** How a job learns of the tenants. */
const tenantsOf = ({ database }: ServiceParts) => ({
  tenants: async () => (await listTenants(database)).map((one) => one.tenantId),
  tenant: (id: string) => readTenant(database, id),
});

const requestRunner = (parts: ServiceParts): RequestRunner =>
  createRequestRunner({ ...parts, ...tenantsOf(parts), everyMs: 2 * parts.config.SWEEP_MS });

const webhookRunner = (parts: ServiceParts): WebhookRunner => {
  const { config, database, metrics } = parts;
  return createWebhookRunner({
    ...parts,
    ...tenantsOf(parts),
    everyMs: config.SWEEP_MS,
    store: createWebhookStore(database, config.WEBHOOK_GIVE_UP_HOURS),
    policy: config.WEBHOOK_ADDRESSES,
    timeoutMs: config.WEBHOOK_TIMEOUT_MS,
    userAgent: `Customary/${packageVersion()}`,
    now: () => new Date(),
    random: Math.random,
    onAttempt: metrics.webhook,
  });
};

const erasureRunner = (parts: ServiceParts): ErasureRunner =>
  createErasureRunner({
    ...erasureTools(parts.database, parts.config),
    ...tenantsOf(parts),
    everyMs: 2 * parts.config.SWEEP_MS,
    log: parts.log,
  });

const checkpointRunner = (parts: ServiceParts): CheckpointRunner =>
  createCheckpointRunner({
    ...tenantsOf(parts),
    make: (id, terms) => makeCheckpoints(parts.database, id, terms),
    settled: () => settled(parts.database, longestTransactionMs),
    everyMs: parts.config.CHECKPOINT_SECONDS * 1000,
    log: parts.log,
  });

/** How long is waited for those that still run before checkpoints are made without knowing. */
const longestTransactionMs = 2000;

const tidying = (parts: ServiceParts): Tidying => {
  const { database, door, newId, metrics, log } = parts;
  const { tenants, tenant } = tenantsOf(parts);
  const retain = createRetention({ store: door.store, newId, now: () => performance.now() });
  return createTidying({
    tenants,
    steps: [(id) => tidyTenant(database, id), withTenant(tenant, retain)],
    onRemoved: metrics.removed,
    log,
  });
};

/** A step of tidying that wants all of the tenant; one that was just removed has nothing to tidy. */
const withTenant =
  (tenant: (id: string) => Promise<Tenant | undefined>, step: (tenant: Tenant) => Promise<Tidied>) =>
  async (id: string): Promise<Tidied> => {
    const found = await tenant(id);
    return found ? step(found) : { removed: {}, more: false };
  };
