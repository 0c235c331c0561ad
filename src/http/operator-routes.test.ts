import Fastify from 'fastify';
import { expect, test } from 'vitest';
import { createMetrics } from './metrics.ts';
import { mountOperatorRoutes } from './operator-routes.ts';
import type { Edge } from './server.ts';

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
