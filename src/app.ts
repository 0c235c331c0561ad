import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { createCredentials } from './access/credentials.ts';
import type { Tenant } from './access/principal.ts';
import { createSessions } from './access/sessions.ts';
import type { Config } from './config.ts';
import { contracts as allContracts } from './contracts/all.ts';
import type { Contract } from './contracts/contract.ts';
import { createDoor, type Door } from './customer/execute.ts';
import { createNewId } from './customer/new-id.ts';
import { erasureTools } from './erasure-tools.ts';
import { createContractLimits } from './http/contract-limits.ts';
import { createCountedWindows } from './http/counted-windows.ts';
import { listen } from './http/listen.ts';
import { createMetrics, type Metrics } from './http/metrics.ts';
import { createRateLimiter } from './http/rate-limit.ts';
import { createServer } from './http/server.ts';
import { createCheckpointRunner } from './jobs/checkpoint-runner.ts';
import { createErasureRunner } from './jobs/erasure-runner.ts';
import { createRequestRunner, type RequestRunner } from './jobs/request-runner.ts';
import { createRetention } from './jobs/retention.ts';
import { startTidying, type Tidied } from './jobs/tidy.ts';
import { createWebhookRunner, type WebhookRunner } from './jobs/webhook-runner.ts';
import { packageVersion } from './package-root.ts';
import { tryLedger } from './privacy/erasure-ledger.ts';
import { makeCheckpoints } from './storage/checkpoints.ts';
import type { Database } from './storage/database.ts';
import { type LiveKey, readLiveKey } from './storage/keys.ts';
import { type OpenDatabase, openConfigured } from './storage/open.ts';
import { erasureLedgerOf } from './storage/open-key-source.ts';
import { addRateCounts } from './storage/rate-counts.ts';
import { createSessionStore, readLiveSession } from './storage/sessions.ts';
import { createStore } from './storage/store.ts';
import { listTenants, readTenant, withSecret } from './storage/tenants.ts';
import { tidyTenant } from './storage/tidy.ts';
import { createWebhookStore } from './storage/webhook-deliveries.ts';

/** A running service. */
export interface App {
  /** Where it listens, e.g. `http://127.0.0.1:8080`. */
  address: string;
  database: Database;
  door: Door;
  /** Finishes what is in flight, then closes everything. Can be called again. */
  stop(): Promise<void>;
  /** Resolves with a sentence when the service can't go on by itself. */
  failed: Promise<string>;
}

/** What the tests change about a service. */
export interface AppOptions {
  /** What it speaks, our own API first. */
  contracts?: readonly Contract[];
  rewriteSql?(text: string): string;
  /** Called when the database is open and migrated, before the first request. */
  prepare?(database: Database, door: Door): Promise<void>;
}

/** Puts the service together and starts it. Throws OperatorError for whatever an operator has to mend. */
export const startApp = async (config: Config, options: AppOptions = {}): Promise<App> => {
  const newId = createNewId();
  const { contracts = allContracts } = options;
  const log = pino(
    { level: config.LOG_LEVEL, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    // Standard output is for what the program tells its user.
    pino.destination(2),
  );
  await tryLedger(erasureLedgerOf(config));
  const opened: OpenDatabase = await openConfigured(config, log, {
    onRetry: () => metrics.retry('serialisation'),
    ...(options.rewriteSql ? { rewrite: options.rewriteSql } : {}),
  });
  const { database } = opened;
  const metrics: Metrics = createMetrics({
    waitingChanges: () => door.waiting(),
    pool: () => database.stats(),
    waitingWebhooks: async () => webhooks?.waiting() ?? 0,
  });
  let runner: RequestRunner | undefined;
  let webhooks: WebhookRunner | undefined;
  const door = createDoor(
    createStore(database, { erasureWindowDays: config.ERASURE_WINDOW_DAYS }),
    {
      onGroup: metrics.group,
      onRetry: metrics.retry,
      onAccepted: (tenantId) => runner?.wake(tenantId),
    },
    { mostScanned: config.LIST_SCAN_LIMIT },
  );
  try {
    await options.prepare?.(database, door);
    const tenants = async () => (await listTenants(database)).map((one) => one.tenantId);
    const tenant = (id: string) => readTenant(database, id);
    const everyMs = 2 * config.SWEEP_MS;
    const requests = createRequestRunner({ everyMs, contracts, door, newId, log, tenants, tenant });
    const telling = createWebhookRunner({
      everyMs: config.SWEEP_MS,
      contracts,
      door,
      store: createWebhookStore(database, config.WEBHOOK_GIVE_UP_HOURS),
      policy: config.WEBHOOK_ADDRESSES,
      timeoutMs: config.WEBHOOK_TIMEOUT_MS,
      userAgent: `Customary/${packageVersion()}`,
      newId,
      now: () => new Date(),
      random: Math.random,
      log,
      onAttempt: metrics.webhook,
      tenants,
      tenant,
    });
    const erasures = createErasureRunner({
      ...erasureTools(database, config),
      everyMs,
      tenants,
      tenant,
      log,
    });
    const retain = createRetention({ store: door.store, newId, now: () => performance.now() });
    const checkpoints = createCheckpointRunner({
      tenants,
      make: (id, afterMs) => makeCheckpoints(database, id, { afterMs }),
      everyMs: config.CHECKPOINT_SECONDS * 1000,
      log,
    });
    const tidying = startTidying({
      tenants,
      steps: [(id) => tidyTenant(database, id), withTenant(tenant, retain)],
      onRemoved: metrics.removed,
      log,
    });
    const credentials = createCredentials({
      key: async (tenantId, keyId) =>
        withItsTenant(
          database,
          await database.inTenant(tenantId, (sql) => readLiveKey(sql, tenantId, keyId)),
        ),
      session: async (name) =>
        withItsTenant(
          database,
          await database.readInTenant(name.tenantId, (sql) => readLiveSession(sql, name)),
        ),
    });
    const windows = createCountedWindows({
      add: (tenantId, counts) => database.inTenant(tenantId, (sql) => addRateCounts(sql, tenantId, counts)),
      log,
    });
    const server = await createServer({
      contracts,
      door,
      credentials,
      sessions: createSessions(credentials, createSessionStore(database), newId),
      limitsOf: createContractLimits({
        perKey: { name: 'key', quota: config.RATE_LIMIT_KEY_PER_SECOND, windowSeconds: 1 },
        perTenant: { name: 'tenant', quota: config.RATE_LIMIT_TENANT_PER_SECOND, windowSeconds: 1 },
        quotaOf: (setting) => quotaOf(config, setting),
        windows,
        now: () => performance.now(),
      }),
      addressLimiter: createRateLimiter(
        [{ name: 'address', quota: config.RATE_LIMIT_ADDRESS_PER_MINUTE, windowSeconds: 60 }],
        () => performance.now(),
      ),
      metrics,
      log,
      limits: { changeBytes: config.BODY_LIMIT_BYTES, batchBytes: config.BATCH_LIMIT_BYTES },
      newId,
      ping: () => database.inNone((sql) => sql('SELECT 1')).then(() => undefined),
    });
    const address = await listen(server, config.HOST, config.PORT);
    runner = requests;
    webhooks = telling;
    requests.start();
    telling.start();
    erasures.start();
    checkpoints.start();
    windows.start();
    let stopping: Promise<void> | undefined;
    const stop = async () => {
      tidying.stop();
      const served = server.close().then(requests.stop).then(door.drained).then(windows.stop);
      const finished = Promise.all([served, telling.stop(), erasures.stop(), checkpoints.stop()]);
      await Promise.race([finished, delay(config.SHUTDOWN_TIMEOUT_MS, undefined, { ref: false })]);
      server.server.closeAllConnections();
      await opened.close();
    };
    return { address, database, door, failed: opened.failed, stop: () => (stopping ??= stop()) };
  } catch (error) {
    await opened.close();
    throw error;
  }
};

/** A key that was found, with all of its tenant. */
const withItsTenant = async <Key extends LiveKey>(database: Database, key: Key | undefined) =>
  key && { ...key, tenant: await withSecret(database, key.tenant) };

/** A step of tidying that wants all of the tenant; one that was just removed has nothing to tidy. */
const withTenant =
  (tenant: (id: string) => Promise<Tenant | undefined>, step: (tenant: Tenant) => Promise<Tidied>) =>
  async (id: string): Promise<Tidied> => {
    const found = await tenant(id);
    return found ? step(found) : { removed: {}, more: false };
  };

/** The quota that a contract names by its setting. */
const quotaOf = (config: Config, setting: string): number => {
  const value: unknown = Object.hasOwn(config, setting) ? config[setting as keyof Config] : undefined;
  if (typeof value === 'number') return value;
  throw new Error(`There is no setting ${setting} with a number`);
};
