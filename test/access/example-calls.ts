import type { Scope } from '../../src/access/scopes.ts';
import type { Client } from '../support/client.ts';
import { nativeExamples } from './native-examples.ts';

/** What a call names: a customer of some tenant, or ids that nobody has. */
export interface Target {
  customerId: string;
  requestId: string;
  /** A text that stands in the customer's searchable members. */
  word: string;
  number: string;
  humanReadableId: string;
  pageToken: string;
}

/** One call, as a test sends it. */
export interface ExampleCall {
  method: string;
  path: string;
  body?: unknown;
  contentType?: string;
  headers?: Record<string, string>;
}

/** A call that succeeds with exactly these scopes and is refused when any of them is missing. */
export interface AllowedCall {
  scopes: readonly Scope[];
  status: number;
  call(target: Target): ExampleCall;
}

/** What the tests of tenancy and authorisation know of one route. */
export interface RouteExample {
  /** Calls that name the target in every way that the route knows. */
  naming(target: Target): ExampleCall[];
  allowed: AllowedCall[];
}

/** What the tests know of a contract: an example of every route, by its id, and how a caller shows its key. */
export interface ContractExamples {
  routes: Record<string, RouteExample>;
  /** The headers of a caller; they replace those of our own API, so one that is not sent is said empty. */
  headersOf(client: Client): Record<string, string>;
}

/** Every contract by its id. One that is missing here fails the tests, as does a route of it. */
export const contractExamples: Record<string, ContractExamples> = {
  native: {
    routes: nativeExamples,
    headersOf: ({ secret }) => ({ authorization: `Bearer ${secret}` }),
  },
};

/** Every route of every contract, as `contract.route`. */
export const routeExamples: Record<string, RouteExample> = Object.fromEntries(
  Object.entries(contractExamples).flatMap(([contract, { routes }]) =>
    Object.entries(routes).map(([route, example]) => [`${contract}.${route}`, example]),
  ),
);
