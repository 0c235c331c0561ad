import { Gauge, type Registry } from 'prom-client';
import { remembered } from './remembered.ts';

/** Figures that are read when they are asked for. */
export interface Gauges {
  waitingChanges(): number;
  waitingWebhooks(): Promise<number>;
  pool(): { total: number; idle: number; waiting: number };
}

/** Makes the gauges that tell these figures. */
export const registerGauges = (figures: Gauges, registers: Registry[]): void => {
  // Metrics need no key: whoever asks for them over and over must not keep the database busy.
  const waitingWebhooks = remembered(figures.waitingWebhooks, rememberedMs);
  new Gauge({
    name: 'customary_webhook_waiting_events',
    help: 'Events that webhooks were not told yet, counted once for each; the same from every process.',
    registers,
    async collect() {
      // The rest is told also while the database is away.
      await waitingWebhooks().then(
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
      this.set(figures.waitingChanges());
    },
  });
  new Gauge({
    name: 'customary_database_connections',
    help: 'Database connections, by state; waiting are callers without one.',
    labelNames: ['state'],
    registers,
    collect() {
      for (const [state, count] of Object.entries(figures.pool())) this.set({ state }, count);
    },
  });
};

const rememberedMs = 2000;
