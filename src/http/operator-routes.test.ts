import Fastify from 'fastify';
import { expect, test } from 'vitest';
import type { Edge } from './edge.ts';
import { createMetrics } from './metrics.ts';
import { mountOperatorRoutes } from './operator-routes.ts';

test('a database that does not answer at all is said to be away within seconds', async () => {
  const server = Fastify();
  const gauges = {
    waitingChanges: () => 0,
    waitingWebhooks: async () => 0,
    pool: () => ({ total: 0, idle: 0, waiting: 0 }),
  };
  const ping = () => new Promise<void>(() => {});
  mountOperatorRoutes(server, { metrics: createMetrics(gauges), ping } as Partial<Edge> as Edge);
  const begun = performance.now();
  const { statusCode } = await server.inject('/readyz');
  expect(statusCode).toBe(503);
  expect(performance.now() - begun).toBeLessThan(5000);
});

test('what waits for webhooks is asked of the database once, however often metrics are asked for', async () => {
  let asked = 0;
  const metrics = createMetrics({
    waitingChanges: () => 0,
    waitingWebhooks: async () => ++asked,
    pool: () => ({ total: 0, idle: 0, waiting: 0 }),
  });
  const texts = [...(await Promise.all([metrics.text(), metrics.text()])), await metrics.text()];
  expect(asked).toBe(1);
  for (const text of texts) expect(text).toMatch(/^customary_webhook_waiting_events 1$/m);
});
