/**
 * Every refusal the service can give: a stable code, the public title and the HTTP status.
 * `stored` marks the deterministic refusals that are decided against the record; only these (and successes)
 * are kept as the reply of an idempotency key.
 */
export const errorTable = {
  'invalid-json': { status: 400, title: 'The body is not well-formed JSON', stored: false },
  'malformed-request': { status: 400, title: 'The request is not well-formed HTTP', stored: false },
  'invalid-header': { status: 400, title: 'A header has an invalid value', stored: false },
  'invalid-query': { status: 400, title: 'A query parameter has an invalid value', stored: false },
  'invalid-page-token': { status: 400, title: 'The page token is not valid for this list', stored: false },
  'invalid-patch': { status: 400, title: 'The patch document is not well-formed', stored: false },
  unauthenticated: { status: 401, title: 'A valid API key is needed', stored: false },
  forbidden: { status: 403, title: 'The API key lacks a permission', stored: false },
  'reason-required': {
    status: 403,
    title: 'The protection level asks for a reason (header Customary-Reason)',
    stored: false,
  },
  restricted: {
    status: 403,
    title: 'The customer is restricted (GDPR Art. 18) until the restriction is lifted',
    stored: false,
  },
  'not-found': { status: 404, title: 'There is no such resource', stored: true },
  'method-not-allowed': { status: 405, title: 'The resource does not have this method', stored: false },
  'not-acceptable': { status: 406, title: 'No acceptable representation', stored: false },
  'request-timeout': { status: 408, title: 'The request did not arrive in time', stored: false },
  'idempotency-key-in-progress': {
    status: 409,
    title: 'A request with this idempotency key is still running',
    stored: false,
  },
  'idempotency-key-reused': {
    status: 409,
    title: 'This idempotency key was used for another request',
    stored: false,
  },
  'already-taken': { status: 409, title: 'A value that must be unique is taken', stored: true },
  'patch-conflict': { status: 409, title: 'The patch does not apply to the record', stored: true },
  'merge-conflict': { status: 409, title: 'The change conflicts with a newer one', stored: true },
  'has-sub-customers': { status: 409, title: 'The customer has sub-customers', stored: true },
  'legal-hold': { status: 409, title: 'A legal hold stands on the customer', stored: true },
  'erasure-scheduled': {
    status: 409,
    title: 'Another erasure of the customer is scheduled already',
    stored: true,
  },
  'not-sealed': {
    status: 409,
    title: 'The customer holds values that were stored before there were keys',
    stored: false,
  },
  erased: { status: 410, title: 'The customer was erased', stored: false },
  gone: { status: 410, title: 'The stored reply was erased', stored: false },
  'precondition-failed': { status: 412, title: 'The record has another version', stored: true },
  'payload-too-large': { status: 413, title: 'The body is too large', stored: false },
  'unsupported-media-type': {
    status: 415,
    title: 'The content type or encoding is not supported',
    stored: false,
  },
  'validation-failed': { status: 422, title: 'The record would not be valid', stored: true },
  'headers-too-large': { status: 431, title: 'The headers are too large', stored: false },
  'rate-limited': { status: 429, title: 'Too many requests', stored: false },
  'internal-error': { status: 500, title: 'Something went wrong on our side', stored: false },
  unavailable: { status: 503, title: 'The service cannot answer right now', stored: false },
} as const satisfies Record<string, { status: number; title: string; stored: boolean }>;

/** The stable name of a refusal. */
export type ErrorCode = keyof typeof errorTable;

/** One fault of a refused request: where (a JSON pointer, or a header or query name), which rule, and why. */
export interface Fault {
  pointer: string;
  rule: string;
  detail: string;
  /** The pointer is that of what the caller sent already (the contract's document, a patch), not of the record. */
  wire?: true;
}

/** What a refusal can say beside its code; `detail` and `faults` are public and hold no personal value. */
interface RefusalOptions {
  detail?: string;
  faults?: Fault[];
  /** Further public members of the problem document. */
  extra?: Record<string, unknown>;
  headers?: Record<string, string>;
  cause?: unknown;
}

/** A request that is refused: nothing was changed. Thrown anywhere, shaped by the contract that was called. */
export class Refusal extends Error {
  readonly code: ErrorCode;
  readonly faults: Fault[];
  readonly detail: string | undefined;
  readonly extra: Record<string, unknown>;
  readonly headers: Record<string, string>;

  constructor(code: ErrorCode, options: RefusalOptions = {}) {
    super(options.detail ?? errorTable[code].title, { cause: options.cause });
    this.name = 'Refusal';
    this.code = code;
    this.detail = options.detail;
    this.faults = options.faults ?? [];
    this.extra = options.extra ?? {};
    this.headers = options.headers ?? {};
  }

  /** The HTTP status of the code. */
  get status(): number {
    return errorTable[this.code].status;
  }
}

/**
 * An operator's mistake (a wrong setting, a data directory in use): ends the program with its sentence. Logs say it too, so
 * it quotes nothing of a customer.
 */
export class OperatorError extends Error {
  constructor(message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = 'OperatorError';
  }
}
