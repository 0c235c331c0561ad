import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Metrics } from './metrics.ts';

/** Counts a request that has ended, and writes its line into the log, with the status that it ended with. */
export const noteRequest = (
  metrics: Metrics,
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
): void => {
  const { contract, route } = request.routeOptions.config;
  const operation = route?.id ?? request.routeOptions.url ?? request.pathWithoutMethod ?? 'unknown';
  metrics.request(contract?.id ?? 'none', operation, status, reply.elapsedTime / 1000);
  // The URL is left out: its query may hold what was searched for.
  request.log.info(
    {
      requestId: request.id,
      contract: contract?.id,
      operation,
      method: request.method,
      status,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      tenant: request.credential?.tenant.id,
      key: request.credential?.keyId,
    },
    'request',
  );
};
