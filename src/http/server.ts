import { randomUUID } from 'node:crypto';
import { METHODS, type Server } from 'node:http';
import type { Socket } from 'node:net';
import Fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import type { Contract } from '../contracts/contract.ts';
import { Refusal } from '../errors.ts';
import { askedOf, contractAt } from './asked.ts';
import { type ClientErrors, connectMethod, createClientErrors } from './client-error.ts';
import { mountDocs } from './docs.ts';
import type { Edge } from './edge.ts';
import { framingRefusal } from './framing.ts';
import { mountContract } from './mount.ts';
import { notHere } from './not-here.ts';
import { mountOperatorRoutes } from './operator-routes.ts';
import { refusalOf } from './refusal-of.ts';
import { encodingRefusal } from './url-encoding.ts';

/** Builds the HTTP server: every contract under its own prefix, and what operators and readers of the docs need. */
export const createServer = async (edge: Edge): Promise<FastifyInstance> => {
  const native = edge.contracts[0] as Contract;
  const clientErrors = createClientErrors(edge.contracts, edge.newId);
  const server = Fastify({
    loggerInstance: edge.log,
    logController: new LogController({ disableRequestLogging: true }),
    // A logger of its own for each request costs more than naming the request where something is logged.
    childLoggerFactory: (logger) => logger as never,
    genReqId: (request) => requestIdOf(request.headers['x-request-id']),
    // A parameter of any length that a request line can have: the contract judges it, as it judges every other one.
    routerOptions: { maxParamLength: 65_536 },
    // A request without one is refused in the contract's shape, which Node does not know.
    http: { requireHostHeader: false },
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    frameworkErrors: (_error, request, reply) => {
      (reply as FastifyReply).headers({ 'request-id': request.id, ...commonHeaders });
      const contract = contractAt(edge.contracts, request.url) ?? native;
      refuse(request, reply as FastifyReply, contract, encodingRefusal('URL'));
    },
    clientErrorHandler: clientErrors.answer,
  });
  leaveNothingToNode(server.server, clientErrors);
  for (const method of METHODS) {
    if (method !== 'CONNECT' && !server.supportedMethods.includes(method)) server.addHttpMethod(method);
  }
  server.addHook('onRequest', (request, reply, done) => {
    reply.headers({ 'request-id': request.id, ...commonHeaders });
    const refusal = framingRefusal(request.raw);
    if (!refusal) return done();
    refuse(request, reply, contractAt(edge.contracts, request.url) ?? native, refusal);
  });
  noteStop(server);
  readNothing(server);
  server.setErrorHandler((error, request, reply) =>
    refuse(request, reply, native, refusalElsewhere(error, request, server.stop.stopping)),
  );
  mountOperatorRoutes(server, edge);
  await mountDocs(server, edge.contracts);
  for (const contract of edge.contracts) await mountContract(server, contract, edge, clientErrors);
  mountElsewhere(server, native);
  return server;
};

const commonHeaders = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

/** What Node would answer by itself, in no contract's shape. */
const leaveNothingToNode = (server: Server, clientErrors: ClientErrors): void => {
  // An expectation that nobody knows may be left aside (RFC 9110 section 10.1.1).
  server.on('checkExpectation', (...exchange) => server.emit('request', ...exchange));
  // There is no tunnel: Node would end the connection without a word.
  server.on('connect', (_request, socket) => clientErrors.answer({ code: connectMethod }, socket as Socket));
};

/** Notes that the server stops: an answer then ends its connection, since a kept one would hold up the end. */
const noteStop = (server: FastifyInstance): void => {
  const state = { stopping: false };
  server.decorate('stop', state);
  server.addHook('preClose', (done) => {
    state.stopping = true;
    done();
  });
};

const requestTimeoutMs = 60_000;
const keepAliveTimeoutMs = 72_000;

/** The caller's own request id where it is harmless in a log, else a new one. */
const requestIdOf = (given: string | string[] | undefined): string =>
  typeof given === 'string' && /^[A-Za-z0-9._-]{1,64}$/.test(given) ? given : randomUUID();

/** What belongs to no contract takes no body: it is not looked at, whatever it is. Contracts read theirs. */
const readNothing = (server: FastifyInstance): void => {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', (_request, _payload, done) => done(null));
};

/** The refusal of what failed outside of every contract: the pages are files, whose server has words of its own. */
const refusalElsewhere = (error: unknown, { log, id }: FastifyRequest, stopping: boolean): Refusal => {
  const status = (error as { statusCode?: unknown }).statusCode;
  if (status === 412 || status === 416) return new Refusal('invalid-header');
  if (typeof status === 'number' && status >= 400 && status < 500) return new Refusal('not-found');
  return refusalOf(error, log, id, stopping);
};

/** Whatever belongs to no contract answers as our own API does. */
const mountElsewhere = (server: FastifyInstance, native: Contract): void => {
  server.setNotFoundHandler((request, reply) => refuse(request, reply, native, notHere(request)));
};

/** Answers a request that came to no route of a contract, in the contract's shape. */
const refuse = (
  request: FastifyRequest,
  reply: FastifyReply,
  contract: Contract,
  refusal: Refusal,
): FastifyReply => {
  const { status, headers, body } = contract.renderRefusal(refusal, askedOf(request));
  return reply.code(status).headers(headers).send(body);
};
