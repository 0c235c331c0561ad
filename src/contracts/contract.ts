import type { TSchema } from 'typebox';
import type { Credential, Shown } from '../access/credentials.ts';
import type { Scope } from '../access/scopes.ts';
import type { Sessions } from '../access/sessions.ts';
import type { Context } from '../customer/context.ts';
import type { Door } from '../customer/execute.ts';
import type { Reply, TextReply } from '../customer/operation.ts';
import type { Refusal } from '../errors.ts';
import type { Mapping } from '../mapping/define-mapping.ts';
import type { Json, JsonObject } from '../schema/json.ts';
import type { ContractWebhooks } from './webhooks.ts';

/** Reads one header by its lower-case name; several occurrences are joined as HTTP allows. */
export type Header = (name: string) => string | undefined;

/** The request that an answer belongs to, as far as it could be read. */
export interface Asked {
  requestId: string;
  /** Empty where the request line could not be read, as is `path`. */
  method: string;
  /** The path as it was sent, without the query. */
  path: string;
  /** Absent where the request reached no route. */
  route?: Route;
  header: Header;
}

/** One request as a contract sees it: authenticated, within its limits, its body read and parsed. */
export interface Call {
  route: Route;
  /** On a public route it names nobody: no tenant, no scopes. */
  context: Context;
  /** Path and query as they were sent. */
  url: string;
  params: Record<string, string>;
  query: Record<string, string>;
  /** The media type of the body, without parameters; empty when there is no body. */
  contentType: string;
  body: Json | undefined;
  rawBody: Buffer;
  header: Header;
  /** Every occurrence of a header. */
  headerValues(name: string): string[];
  /** Opens and ends sessions, for contracts that log in. */
  sessions: Sessions;
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
  /** The heading that it stands under in the documentation's pages; the contract's title by default. */
  tag?: string;
  scopes: readonly Scope[];
  /** Needs no credential (a login); limited by the caller's address instead. */
  public?: true;
  /** What the path's parameters look like; one that does not names a resource that is not there. */
  params: Record<string, PathParameter>;
  query: Record<string, QueryParameter>;
  headers: Record<string, string | HeaderParameter>;
  /** Media types of the body and their schemas; none for a route without a body. */
  body: Record<string, TSchema> | null;
  bodyLimit: 'change' | 'batch';
  replies: Record<number, { description: string; schema?: TSchema }>;
  handle(call: Call, door: Door): Promise<Reply>;
}

/** Bodies that a caller may begin with, by the route's id and the media type. */
export type BodyExamples = Readonly<Record<string, Readonly<Record<string, Json>>>>;

/** A parameter of a path. `caseless` is one that means the same in any case; a call has it in lower case. */
export interface PathParameter {
  pattern: RegExp;
  schema: TSchema;
  description: string;
  caseless?: true;
}

/**
 * A query parameter: how OpenAPI describes it. `prefix` stands for every name that begins with it; `several` may be given
 * more than once, and a call has its values as lines of one text.
 */
export interface QueryParameter {
  schema: TSchema;
  description: string;
  prefix?: true;
  several?: true;
}

/** How OpenAPI describes a header of a request that is no free text, or has to be there. */
interface HeaderParameter {
  description: string;
  schema?: TSchema;
  required?: true;
}

/** How a contract reads the keys that make a retry safe, where it differs from `Idempotency-Key`. */
interface KeyRule {
  /** The header as the vendor writes it. Its text is opaque: no quotes are taken off. */
  header: string;
  maxLength: number;
  /**
   * Two requests are the same when method, URL, body and the headers that steer a change are the same bytes; else they
   * are compared by meaning (RFC 8785).
   */
  exact?: true;
}

/** A Security Scheme Object (OpenAPI 3.1 section 4.8.27). */
interface SecurityScheme {
  type: 'http' | 'apiKey';
  scheme?: string;
  name?: string;
  in?: 'header';
  description: string;
}

/** A limit that a contract has beside those of all contracts. */
export interface ContractRatePolicy {
  /** The name in the `RateLimit` fields; unique in the contract. */
  name: string;
  /** The setting that holds the quota; 0 is no limit. */
  quota: string;
  windowSeconds: number;
  per: 'key' | 'tenant';
  /** Holds for keys that are bound to a customer alone. */
  boundKeysOnly?: true;
}

/** A customer API of a vendor, or our own: data, and the few functions that give its answers their shape. */
export interface Contract {
  id: string;
  title: string;
  description: string;
  /** Everything at and below this path is answered in the contract's shape, e.g. `/keypro`. */
  prefix: string;
  routes: Route[];
  /** What the documentation's pages offer to send; a login has none. */
  examples?: BodyExamples;
  /** How the contract's document and the record are made of each other; our own document is the record. */
  mapping?: Mapping;
  /**
   * The document that the mapping reads of one that was sent, where the vendor's page leaves more than one way to write it.
   * What is not of the right type stays, to be refused.
   */
  normalise?(document: JsonObject): JsonObject;
  /** Every path is there with and without a slash at its end. */
  trailingSlash?: true;
  /** What a body without `Content-Type` is read as; without it such a body is refused (415). */
  defaultMediaType?: string;
  idempotency?: KeyRule;
  ratePolicies?: readonly ContractRatePolicy[];
  /** What it tells subscribers by itself. */
  webhooks?: ContractWebhooks;
  /** Where its OpenAPI document is; `openapi.json` below the prefix unless said. */
  openApiPath?: string;
  /** How a caller shows who it is, for the OpenAPI document: any one of these Security Scheme Objects. */
  securitySchemes: Record<string, SecurityScheme>;
  /** Media types of answers; `application/json` alone unless said. */
  mediaTypes?: readonly string[];
  /** The schema of every error answer. */
  errorSchema: TSchema;
  errorMediaType: string;
  /** The value of `WWW-Authenticate` beside a 401 (RFC 9110 section 11.6.1). */
  challenge: string;
  /**
   * Finds what a request shows of its caller. Undefined when nothing was sent; what was sent but makes no sense is
   * given as it is, and opens nothing.
   */
  credential(header: Header): Shown | undefined;
  /** Finds a second credential, a person's beside a program's, in a `header`: the call may do what both may. */
  userCredential?: { header: string; find(header: Header): Shown | undefined };
  /** Judges the rest of an authenticated request's headers; throws a Refusal. */
  admit?(credential: Credential, header: Header): void;
  /** Gives a refusal the contract's shape; also for what was refused before it reached a route, or when made later. */
  renderRefusal(refusal: Refusal, asked: Asked): TextReply;
}
