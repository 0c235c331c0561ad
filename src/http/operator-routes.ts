import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { Edge } from './edge.ts';
import { noteRequest } from './note-request.ts';

/** What an operator asks for: whether the process lives, whether it can serve, what it counts, and the access log. */
export const mountOperatorRoutes = (server: FastifyInstance, edge: Edge): void => {
  server.get('/healthz', (_request, reply) => reply.send({ status: 'ok' }));
  server.get('/readyz', async (_request, reply) => {
    try {
      await inTime(edge.ping());
      return { status: 'ready' };
    } catch {
      return reply.code(503).header('retry-after', '1').send({ status: 'database away' });
    }
  });
  server.get('/metrics', async (_request, reply) =>
    reply.header('content-type', 'text/plain; version=0.0.4; charset=utf-8').send(await edge.metrics.text()),
  );
  server.addHook('onResponse', (request, reply, done) => {
    noteRequest(edge.metrics, request, reply, reply.statusCode);
    done();
  });
};

/** A database that hangs is as good as away, and whoever asks wants to know before its own patience ends. */
const inTime = async (answer: Promise<void>): Promise<void> => {
  answer.catch(() => {});
  const stop = new AbortController();
  const late = delay(longestPingMs, undefined, { signal: stop.signal }).then(() => {
    throw new Error('The database did not answer in time');
  });
  await Promise.race([answer, late]).finally(() => stop.abort());
};

const longestPingMs = 2000;
