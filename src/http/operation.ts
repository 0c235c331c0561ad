import type { FastifyInstance } from 'fastify';
import { noteRequest } from './note-request.ts';
import type { Edge } from './server.ts';

/** What an operator asks for: whether the process lives, whether it can serve, what it counts, and the access log. */
export const mountOperation = (server: FastifyInstance, edge: Edge): void => {
  server.get('/healthz', (_request, reply) => reply.send({ status: 'ok' }));
  server.get('/readyz', async (_request, reply) => {
    try {
      await edge.ping();
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
