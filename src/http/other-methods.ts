import type { FastifyInstance, FastifyRequest, HTTPMethods } from 'fastify';
import type { Contract } from '../contracts/contract.ts';
import { Refusal } from '../errors.ts';
import { pathOf } from './asked.ts';
import { methodsByUrl } from './paths.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The path, as the router writes it, of a request that came to no route since the path lacks its method. */
    pathWithoutMethod?: string;
  }
}

/**
 * Mounts what a contract's paths answer to the methods that they do not have: 405 with those that they have, and these
 * alone to OPTIONS. A route costs a start some time and memory for each of its methods, so this is done for those that
 * the framework knows by itself. The others are `strangeMethods`.
 */
export const mountOtherMethods = (scope: FastifyInstance, contract: Contract): void => {
  for (const [url, methods] of methodsByUrl(contract)) {
    const allow = allowOf(methods);
    scope.route({
      method: known.filter((method) => !methods.has(method)),
      url,
      // The body of a request that is refused anyway is not looked at.
      preParsing: async (request, reply) => {
        if (request.method === 'OPTIONS') return void reply.code(204).header('allow', allow).send();
        throw notAllowed(allow);
      },
      handler: () => undefined,
    });
  }
};

/**
 * Makes the judge of requests that came to no route of a contract: gives the 405 of one whose path is there, undefined
 * for every other one. The framework reads no body of a method that it does not know, so none is looked at here either.
 */
export const strangeMethods = (contract: Contract): ((request: FastifyRequest) => Refusal | undefined) => {
  let paths: Path[] | undefined;
  return (request) => {
    paths ??= pathsOf(contract);
    // Read as the router reads it: the target may be a whole URL, and a fragment ends a path as a query does.
    const target = request.url.replace(/^https?:\/\/[^/?#]*/i, '').split('#', 1)[0] as string;
    const sent = decodeURI(pathOf(target));
    const path = paths.find(({ pattern }) => pattern.test(sent));
    if (!path) return undefined;
    request.pathWithoutMethod = path.url;
    return notAllowed(path.allow);
  };
};

/** The methods that the framework knows by itself: it may read a body of each but GET, HEAD and TRACE. */
const known: HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'QUERY'];

interface Path {
  url: string;
  pattern: RegExp;
  allow: string;
}

/** The paths of a contract, with a literal before a parameter at the same place, which is how the router chooses. */
const pathsOf = (contract: Contract): Path[] =>
  [...methodsByUrl(contract)]
    .map(([url, methods]) => ({
      url: contract.prefix + url,
      pattern: new RegExp(`^${contract.prefix}${url.replace(/:\w+/g, '[^/]*')}$`),
      allow: allowOf(methods),
    }))
    .sort((one, other) => (rankOf(one) < rankOf(other) ? -1 : 1));

const rankOf = ({ url }: Path): string => url.replaceAll(':', '\uffff');

const allowOf = (methods: ReadonlySet<HTTPMethods>): string => [...methods, 'OPTIONS'].join(', ');

const notAllowed = (allow: string): Refusal => new Refusal('method-not-allowed', { headers: { allow } });
