import type { FastifyInstance, FastifyRequest } from 'fastify';
import { answered } from '../contracts/answered.ts';
import type { Contract, Route } from '../contracts/contract.ts';
import { admission } from './admit.ts';
import { askedOf } from './asked.ts';
import { callReader } from './call.ts';
import type { ClientErrors } from './client-error.ts';
import type { ContractLimits } from './contract-limits.ts';
import type { Edge } from './edge.ts';
import { notHere } from './not-here.ts';
import { withOffer } from './offer.ts';
import { mountOtherMethods, strangeMethods } from './other-methods.ts';
import { urlsOf } from './paths.ts';
import { readBody } from './read-body.ts';
import { refusalOf } from './refusal-of.ts';
import { sendReply } from './send-reply.ts';
import { checkQueryEncoding } from './url-encoding.ts';

/**
 * Mounts a contract as a scope of its own: prefix, body reading, authentication, limits and errors. No answer under
 * its prefix has another contract's shape, whatever goes wrong.
 */
export const mountContract = (
  server: FastifyInstance,
  contract: Contract,
  edge: Edge,
  clientErrors: ClientErrors,
): Promise<void> =>
  server.register(
    async (scope) => {
      scope.addHook('onRequest', (request, _reply, done) => {
        clientErrors.note(request.raw.socket, contract);
        // An empty type is none, which the framework does not know.
        const untyped = contract.defaultMediaType !== undefined && request.headers['content-type'] === '';
        if (untyped) delete request.raw.headers['content-type'];
        done();
      });
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', (request: FastifyRequest, payload: NodeJS.ReadableStream) => {
        const length = Number(request.headers['content-length']);
        const route = request.routeOptions.config.route;
        const limit = route?.bodyLimit === 'batch' ? edge.limits.batchBytes : edge.limits.changeBytes;
        return readBody(payload as never, Number.isNaN(length) ? undefined : length, limit);
      });
      scope.setErrorHandler((error, request, reply) => {
        const { route } = request.routeOptions.config;
        const refusal = withOffer(refusalOf(error, request.log, request.id, scope.stop.stopping), route);
        reply.removeHeader('connection');
        return sendReply(reply, edge.metrics, contract.renderRefusal(refusal, askedOf(request)));
      });
      const refusalOfStrange = strangeMethods(contract);
      scope.setNotFoundHandler((request) => {
        throw refusalOfStrange(request) ?? notHere(request);
      });
      const limits = edge.limitsOf(contract);
      for (const route of contract.routes) mountRoute(scope, contract, route, edge, limits);
      mountOtherMethods(scope, contract);
    },
    { prefix: contract.prefix },
  ) as unknown as Promise<void>;

const mountRoute = (
  scope: FastifyInstance,
  contract: Contract,
  route: Route,
  edge: Edge,
  limits: ContractLimits,
): void => {
  const readCall = callReader(route, contract, edge);
  for (const url of urlsOf(contract, route)) {
    scope.route({
      method: route.method,
      url,
      config: { route, contract },
      onRequest: admission(contract, route, edge, limits),
      handler: async (request, reply) => {
        checkQueryEncoding(request.url);
        return sendReply(reply, edge.metrics, await answered(readCall(request), edge.door));
      },
    });
  }
};
