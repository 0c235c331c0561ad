import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Contract, Route } from '../contracts/contract.ts';
import { headerOf } from './asked.ts';
import { authenticate } from './authenticate.ts';
import type { ContractLimits } from './contract-limits.ts';
import type { Edge } from './edge.ts';
import type { RateDecision } from './rate-limit.ts';
import { rateLimited } from './rate-limited.ts';

/**
 * Makes the judgement of a route's requests before anything of them is read: who calls, the limits, what the contract
 * wants beside, the scopes. Every route is guarded here, so that no handler can forget it. It throws Refusals.
 */
export const admission = (
  contract: Contract,
  route: Route,
  edge: Edge,
  limits: ContractLimits,
): ((request: FastifyRequest, reply: FastifyReply) => Promise<void>) => {
  if (route.public) return async (request, reply) => within(reply, edge.addressLimiter.take(request.ip));
  return async (request, reply) => {
    const credential = await authenticate(contract, request, edge, edge.strangers(request.ip));
    request.credential = credential;
    within(reply, limits.take(credential));
    contract.admit?.(credential, headerOf(request));
    edge.door.authorise(credential, route.scopes);
  };
};

const within = (reply: FastifyReply, decision: RateDecision): void => {
  if (!decision.allowed) throw rateLimited(decision);
  reply.headers(decision.headers);
};
