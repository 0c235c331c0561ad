import type { TObject, TSchema } from 'typebox';
import type { Scope } from '../access/scopes.ts';
import type { Context } from '../customer/context.ts';
import type { Door } from '../customer/execute.ts';
import type { Reply } from '../customer/operation.ts';
import type { Refusal } from '../errors.ts';
import type { Json } from '../schema/json.ts';

/** One request as a contract sees it: authenticated, within its limits, its body read and parsed. */
export interface Call {
  route: Route;
  context: Context;
  params: Record<string, string>;
  query: Record<string, string>;
  /** The media type of the body, without parameters; empty when there is no body. */
  contentType: string;
  body: Json | undefined;
  rawBody: Buffer;
  /** One header's value; several occurrences are joined as HTTP allows. */
  header(name: string): string | undefined;
  /** Every occurrence of a header. */
  headerValues(name: string): string[];
  /** The accepted request that this call carries out, when it is made again later, and the customer it is about. */
  finishes: { requestId: string; customerId: string } | null;
}

/** A way into a contract. The list of all routes is the whole surface of the service. */
export interface Route {
  /** Names the route in metrics, in the OpenAPI document and in accepted requests; unique in its contract. */
  id: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the contract's prefix, parameters as `{name}`. */
  path: string;
  summary: string;
  scopes: readonly Scope[];
  /** What the path's parameters look like; one that does not names a resource that is not there. */
  params: Record<string, { pattern: RegExp; schema: TSchema; description: string }>;
  query: Record<string, QueryParameter>;
  headers: Record<string, string>;
  /** Media types of the body and their schemas; none for a route without a body. */
  body: Record<string, TSchema> | null;
  bodyLimit: 'change' | 'batch';
  replies: Record<number, { description: string; schema?: TSchema }>;
  handle(call: Call, door: Door): Promise<Reply>;
}

/** A query parameter: how OpenAPI describes it. `prefix` stands for every name that begins with it. */
export interface QueryParameter {
  schema: TSchema;
  description: string;
  prefix?: true;
}

/** A customer API of a vendor, or our own: data, and the few functions that give its answers their shape. */
export interface Contract {
  id: string;
  title: string;
  description: string;
  prefix: string;
  routes: Route[];
  /** The schema of every error answer. */
  errorSchema: TObject;
  errorMediaType: string;
  /** Finds the API key in a request. */
  credential(header: (name: string) => string | undefined): string | undefined;
  /** Gives a refusal the contract's shape. */
  renderRefusal(refusal: Refusal, about: { requestId: string }): Reply;
}
