import type { FastifyRequest } from 'fastify';
import type { Asked, Contract, Header } from '../contracts/contract.ts';

/** What a contract may know of a request when it answers with a refusal. */
export const askedOf = (request: FastifyRequest): Asked => {
  const { route } = request.routeOptions.config;
  return {
    requestId: request.id,
    method: request.method,
    path: pathOf(request.url),
    header: headerOf(request),
    ...(route ? { route } : {}),
  };
};

/** The reader of a request's headers. */
export const headerOf =
  (request: Pick<FastifyRequest, 'headers'>): Header =>
  (name) => {
    const value = request.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  };

/** A URL without its query. */
export const pathOf = (url: string): string => {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
};

/**
 * The contract that a URL lies under, whether a route is there or not; undefined for what belongs to none. `/keyprox`
 * is not under `/keypro`. Escaped letters are read as the router reads them (RFC 3986 section 6.2.2.2).
 */
export const contractAt = (contracts: readonly Contract[], url: string): Contract | undefined => {
  const path = pathOf(url).replace(/%[2-7][0-9a-f]/gi, (letter) => decodeURI(letter));
  return contracts.find(({ prefix }) => path === prefix || path.startsWith(`${prefix}/`));
};
