import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { type Gauges, registerGauges } from './gauges.ts';

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

/** Makes the counters in a registry of their own. */
export const createMetrics = (gauges: Gauges): Metrics => {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, prefix: 'customary_' });
  const { seconds, groups, retries, webhooks, removed } = countersIn(registers);
  registerGauges(gauges, registers);
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

const countersIn = (registers: Registry[]) => ({
  seconds: new Histogram({
    name: 'customary_request_duration_seconds',
    help: 'Time to answer a request, by contract, operation and status.',
    labelNames: ['contract', 'operation', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  }),
  groups: new Histogram({
    name: 'customary_group_size',
    help: 'Changes committed together.',
    buckets: [1, 2, 4, 8, 16, 32, 64, 128],
    registers,
  }),
  retries: new Counter({
    name: 'customary_retries_total',
    help: 'Groups that were tried again, by reason.',
    labelNames: ['reason'],
    registers,
  }),
  webhooks: new Counter({
    name: 'customary_webhook_attempts_total',
    help: 'Attempts to tell a webhook of an event, by contract and outcome.',
    labelNames: ['contract', 'outcome'],
    registers,
  }),
  removed: new Counter({
    name: 'customary_removed_total',
    help: 'What was removed because its time was over, by kind.',
    labelNames: ['kind'],
    registers,
  }),
});
