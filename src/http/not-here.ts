import type { FastifyRequest } from 'fastify';
import { Refusal } from '../errors.ts';

/** The refusal of a request that no route takes: its path may still be one that is only read. */
export const notHere = ({ server, url }: FastifyRequest): Refusal => {
  const path = url.split('?', 1)[0] as string;
  return server.hasRoute({ method: 'GET', url: path })
    ? new Refusal('method-not-allowed', { headers: { allow: 'GET, HEAD' } })
    : new Refusal('not-found');
};
