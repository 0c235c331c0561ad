import { setTimeout as delay } from 'node:timers/promises';
import { type Logger, pino } from 'pino';
import type { Config } from './config.ts';
import { contracts as allContracts } from './contracts/all.ts';
import type { Contract } from './contracts/contract.ts';
import { createDoor, type Door } from './customer/execute.ts';
import { createNewId } from './customer/new-id.ts';
import { createCountedWindows } from './http/counted-windows.ts';
import { listen } from './http/listen.ts';
import { createMetrics, type Metrics } from './http/metrics.ts';
import { createEdge } from './service-edge.ts';
import { createJobs, type Jobs, type ServiceParts } from './service-jobs.ts';
import type { Database } from './storage/database.ts';
import { type OpenDatabase, openConfigured } from './storage/open.ts';
import { addRateCounts } from './storage/rate-counts.ts';
import { createStore } from './storage/store.ts';

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

/** Puts the service together and starts it. Throws OperatorError for whatever an operator has to mend; then nothing is left. */
export const startApp = async (config: Config, options: AppOptions = {}): Promise<App> => {
  const { contracts = allContracts } = options;
  const log = createLog(config);
  let jobs: Jobs | undefined;
  const opened: OpenDatabase = await openConfigured(config, log, {
    onRetry: () => metrics.retry('serialisation'),
    ...(options.rewriteSql ? { rewrite: options.rewriteSql } : {}),
  });
  const { database } = opened;
  const metrics: Metrics = createMetrics({
    waitingChanges: () => door.waiting(),
    pool: () => database.stats(),
    waitingWebhooks: async () => jobs?.waitingWebhooks() ?? 0,
  });
  const door = createDoor(
    createStore(database, { erasureWindowDays: config.ERASURE_WINDOW_DAYS }),
    {
      onGroup: metrics.group,
      onRetry: metrics.retry,
      onAccepted: (tenantId) => jobs?.wake(tenantId),
    },
    { mostScanned: config.LIST_SCAN_LIMIT },
  );
  try {
    await options.prepare?.(database, door);
    const parts = { config, contracts, database, door, metrics, log, newId: createNewId() };
    const running = await serve(parts);
    jobs = running.jobs;
    let stopping: Promise<void> | undefined;
    const stop = () => running.stop().finally(opened.close);
    return {
      address: running.address,
      database,
      door,
      failed: opened.failed,
      stop: () => (stopping ??= stop()),
    };
  } catch (error) {
    await opened.close();
    throw error;
  }
};

const createLog = (config: Config): Logger =>
  pino(
    { level: config.LOG_LEVEL, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    // Standard output is for what the program tells its user.
    pino.destination(2),
  );

/** Listens, and begins with the jobs; they alone touch the database by themselves, so a start that fails leaves nobody on it. */
const serve = async (
  parts: ServiceParts & { log: Logger },
): Promise<{ address: string; jobs: Jobs; stop(): Promise<void> }> => {
  const { config, database, door, log } = parts;
  const windows = createCountedWindows({
    add: (tenantId, counts) => database.inTenant(tenantId, (sql) => addRateCounts(sql, tenantId, counts)),
    log,
  });
  const server = await createEdge(parts, windows);
  const address = await listen(server, config.HOST, config.PORT);
  const jobs = createJobs(parts);
  jobs.start();
  windows.start();
  const stop = async () => {
    const finished = jobs.stop(server.close()).then(door.drained).then(windows.stop);
    await Promise.race([finished, delay(config.SHUTDOWN_TIMEOUT_MS, undefined, { ref: false })]);
    server.server.closeAllConnections();
  };
  return { address, jobs, stop };
};
