import type { TSchema } from 'typebox';
import type { Scope } from '../../src/access/scopes.ts';
import type { Contract } from '../../src/contracts/contract.ts';
import type { ErrorCode } from '../../src/errors.ts';
import type { Mapping } from '../../src/mapping/define-mapping.ts';
import type { Json, JsonObject } from '../../src/schema/json.ts';
import type { ContractExamples, ExampleCall } from '../access/example-call.ts';
import type { Caller } from '../support/caller.ts';
import type { Answer } from '../support/client.ts';

/** Members of a customer's document and their values, as the contract writes them: `{ "note": "x" }`. */
export type Members = JsonObject;

/** Everything that the suite of all contracts has to know of one. */
export interface ContractExample {
  contract: Contract;
  mapping: Mapping;
  /** The document as an update or a replacement may write it, where that is not all of the mapping's. */
  changeWire?: TSchema;
  /** The headers by which a caller shows its key: the same function as in test/access/examples. */
  headersOf: ContractExamples['headersOf'];
  /**
   * Headers by which nobody gets in: nothing sent, another scheme, malformed, an unknown secret, and what else the
   * contract can get wrong (a missing tenant header). Revoked, expired and foreign keys are the suite's own matter.
   */
  refused(caller: Caller): RefusedWay[] | Promise<RefusedWay[]>;
  /** How paths name a customer. */
  namedBy: 'id' | 'number';
  calls: ExampleCalls;
  /** The customer's document in the answer to a read, and to a create or update unless they are made later. */
  documentOf(answer: Answer): JsonObject;
  /** Where updates are accepted and made later. */
  later?: LaterExample;
  idempotency: IdempotencyExample;
  /** The status of a refusal where it is not that of src/errors.ts, e.g. `validation-failed: 400`. */
  statuses: Partial<Record<ErrorCode, number>>;
  /** A member with two values, of which each visibly changes the document, and its place in the record. */
  change: { member: string; canonical: string; values: [Json, Json] };
  /** Several members that are changed at once. */
  several: Members;
  /** A change that is refused as `validation-failed`, and the member as the error names it. */
  wrong: { members: Members; names: string };
  /** A member that protection levels hide, where it is in the record, and a value for it. */
  personal?: { member: string; canonical: string; value: Json };
  /** The whole customer with a value in every member that may be written, for an update or a replacement. */
  full: JsonObject;
  /** The scopes of the calls, none more than needed. */
  scopes: Record<keyof ExampleCalls, readonly Scope[]>;
}

/**
 * The contract's calls as `ExampleCall`s without credentials. `name` is what the path names the customer by; null where
 * the contract has no such call.
 */
interface ExampleCalls {
  read(name: string): ExampleCall;
  /** Changes these members and no other. */
  update(name: string, members: Members): ExampleCall;
  /** Gives the whole customer. */
  replace: ((name: string, document: JsonObject) => ExampleCall) | null;
  /** Creates a customer with what is mandatory and these members, below a parent where the contract has it so. */
  create(members: Members, parent: string): ExampleCall;
  list: (() => ExampleCall) | null;
  remove: ((name: string) => ExampleCall) | null;
}

/** A way to be refused, with the status that the caller gets. */
export interface RefusedWay {
  way: string;
  headers: Record<string, string>;
  status: number;
}

/** How updates that are made later are followed. */
interface LaterExample {
  /** The call that asks how an accepted request went. */
  status(accepted: Answer): ExampleCall;
  /** Reads the answer to it. */
  outcome(answer: Answer): 'open' | 'success' | 'failure' | 'error';
  /** The id of the customer that an accepted creation makes, if the contract tells it. */
  createdId?(accepted: Answer): string | undefined;
}

/** How the contract makes retries safe. */
interface IdempotencyExample {
  header: string;
  /** A text that stands in the answer beside the status: the code of the contract. */
  inProgress: { status: number; text: string };
  mismatch: { status: number; text: string };
}
