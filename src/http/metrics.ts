import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** What the service counts of itself; no label ever holds a personal value. */
export interface Metrics {
  request(contract: string, route: string, status: number, seconds: number): void;
  group(size: number): void;
  retry(reason: string): void;
  webhook(contract: string, outcome: string): void;
  /** What is kept no longer was removed. */
  removed(kind: string, count: number): void;
  /** The Prometheus text format. */
  text(): Promise<string>;
}

/** Figures that are read when they are asked for. */
interface Gauges {
  waitingChanges(): number;
  waitingWebhooks(): Promise<number>;
  pool(): { total: number; idle: number; waiting: number };
}

/** Makes the counters in a registry of their own. */
export const createMetrics = (gauges: Gauges): Metrics => {
  const registers = [new Registry()];
  const registry = registers[0] as Registry;
  collectDefaultMetrics({ register: registry, prefix: 'customary_' });
  const seconds = new Histogram({
    name: 'customary_request_duration_seconds',
    help: 'Time to answer a request, by contract, operation and status.',
    labelNames: ['contract', 'operation', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const groups = new Histogram({
    name: 'customary_group_size',
    help: 'Changes committed together.',
    buckets: [1, 2, 4, 8, 16, 32, 64, 128],
    registers,
  });
  const retries = new Counter({
    name: 'customary_retries_total',
    help: 'Groups that were tried again, by reason.',
    labelNames: ['reason'],
    registers,
  });
  const webhooks = new Counter({
    name: 'customary_webhook_attempts_total',
    help: 'Attempts to tell a webhook of an event, by contract and outcome.',
    labelNames: ['contract', 'outcome'],
    registers,
  });
  const removed = new Counter({
    name: 'customary_removed_total',
    help: 'What was removed because its time was over, by kind.',
    labelNames: ['kind'],
    registers,
  });
  new Gauge({
    name: 'customary_webhook_waiting_events',
    help: 'Events that webhooks were not told yet, counted once for each; the same from every process.',
    registers,
    async collect() {
      // The rest is told also while the database is away.
      await gauges.waitingWebhooks().then(
        (count) => this.set(count),
        () => this.reset(),
      );
    },
  });
  new Gauge({
    name: 'customary_waiting_changes',
    help: 'Changes that wait for a group.',
    registers,
    collect() {
      this.set(gauges.waitingChanges());
    },
  });
  new Gauge({
    name: 'customary_database_connections',
    help: 'Database connections, by state; waiting are callers without one.',
    labelNames: ['state'],
    registers,
    collect() {
      for (const [state, count] of Object.entries(gauges.pool())) this.set({ state }, count);
    },
  });
  // Finding a series by its labels costs more than counting in it.
  const series = new Map<string, Histogram.Internal<string>>();
  return {
    request(contract, operation, status, duration) {
      const name = `${contract} ${operation} ${status}`;
      const known = series.get(name) ?? seconds.labels({ contract, operation, status });
      series.set(name, known);
      known.observe(duration);
    },
    group: (size) => groups.observe(size),
    retry: (reason) => retries.inc({ reason }),
    webhook: (contract, outcome) => webhooks.inc({ contract, outcome }),
    removed: (kind, count) => removed.inc({ kind }, count),
    text: () => registry.metrics(),
  };
};
