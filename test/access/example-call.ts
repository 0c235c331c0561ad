import type { Scope } from '../../src/access/scopes.ts';
import type { Caller } from '../support/caller.ts';

/** What a call names: a customer of some tenant, or ids that nobody has. */
export interface Target {
  customerId: string;
  requestId: string;
  /** A request that floLIVE's contract accepted. */
  floliveRequestId: string;
  /** A text that stands in the customer's searchable members. */
  word: string;
  number: string;
  humanReadableId: string;
  pageToken: string;
}

/** One call, as a test sends it: the whole path, prefix included. The test adds the caller's credential. */
export interface ExampleCall {
  method: string;
  path: string;
  body?: unknown;
  contentType?: string;
  headers?: Record<string, string>;
}

/** A call that succeeds with exactly these scopes and is refused when any of them is missing. */
interface AllowedCall {
  scopes: readonly Scope[];
  status: number;
  /** The caller is for calls that hold a credential in their body, such as a login. */
  call(target: Target, caller: Caller): ExampleCall | Promise<ExampleCall>;
}

/** What the tests of tenancy and authorisation know of one route. */
export interface RouteExample {
  /** Calls that name the target in every way that the route knows; none where a route names no customer. */
  naming(target: Target): ExampleCall[];
  allowed: AllowedCall[];
}

/** What the tests know of a contract's surface: an example of every route, by its id, and how a caller shows its key. */
export interface ContractExamples {
  routes: Record<string, RouteExample>;
  /**
   * The headers of a caller; they replace those of our own API, so one that is not sent is said empty. A contract that
   * logs in does it here; where the login is refused, the caller's secret stands in the place of the token.
   */
  headersOf(caller: Caller): Record<string, string> | Promise<Record<string, string>>;
}
