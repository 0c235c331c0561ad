import type { ContractExamples, RouteExample } from './example-call.ts';
import { floliveExamples } from './examples/flolive.ts';
import { keyproExamples } from './examples/keypro.ts';
import { nativeExamples } from './examples/native.ts';
import { revioExamples } from './examples/revio.ts';
import { seamlessosExamples } from './examples/seamlessos.ts';
import { servitlyExamples } from './examples/servitly.ts';

/** Every contract by its id, one file each. One that is missing here fails the tests, as does a route of it. */
export const contractExamples: Record<string, ContractExamples> = {
  native: nativeExamples,
  flolive: floliveExamples,
  keypro: keyproExamples,
  revio: revioExamples,
  seamlessos: seamlessosExamples,
  servitly: servitlyExamples,
};

/** Every route of every contract, as `contract.route`. */
export const routeExamples: Record<string, RouteExample> = Object.fromEntries(
  Object.entries(contractExamples).flatMap(([contract, { routes }]) =>
    Object.entries(routes).map(([route, example]) => [`${contract}.${route}`, example]),
  ),
);
