import type { HTTPMethods } from 'fastify';
import type { Contract, Route } from '../contracts/contract.ts';

/** Where a route is mounted: at its path, and with or without a slash at its end where the contract takes both. */
export const urlsOf = (contract: Contract, { path }: Route): string[] => {
  const url = path.replace(/\{(\w+)\}/g, ':$1');
  if (!contract.trailingSlash) return [url];
  const bare = url.replace(/\/$/, '');
  return [bare, `${bare}/`];
};

/** The paths of a contract below its prefix, as the router writes them (`/customers/:id`), with the methods of each. */
export const methodsByUrl = (contract: Contract): Map<string, Set<HTTPMethods>> => {
  const paths = new Map<string, Set<HTTPMethods>>();
  for (const route of contract.routes) {
    for (const url of urlsOf(contract, route)) {
      const methods = paths.get(url) ?? new Set<HTTPMethods>();
      methods.add(route.method);
      if (route.method === 'GET') methods.add('HEAD');
      paths.set(url, methods);
    }
  }
  return paths;
};
