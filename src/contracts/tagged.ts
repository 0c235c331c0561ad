import type { Route } from './contract.ts';

/** The routes under a heading of the documentation's pages. */
export const tagged = (tag: string, routes: readonly Route[]): Route[] =>
  routes.map((route) => ({ ...route, tag }));
