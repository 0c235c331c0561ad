import type { Scope } from '../access/scopes.ts';
import type { Refusal } from '../errors.ts';
import type { Precondition } from '../headers/entity-tag.ts';
import type { Change } from '../schema/change.ts';
import type { JsonObject } from '../schema/json.ts';
import type { AcceptedCall } from './accepted-call.ts';
import type { Context } from './context.ts';
import type { Customer, CustomerData } from './customer.ts';
import type { HistoryEntry } from './history-entry.ts';
import type { Links } from './links.ts';
import type { World } from './world.ts';

/**
 * A kind of change. `decide` is pure: it looks at the world, and answers with the next record, or throws a Refusal.
 * It never sees a database or HTTP, and it may be run again from the start.
 */
export interface WriteOperation<Input> {
  name: string;
  /** The event that other systems are told. */
  event: EventType;
  scopes: readonly Scope[];
  /** Also applies to a deleted customer. */
  onDeleted?: true;
  decide(current: Customer | undefined, input: Input, context: Context, world: World): Next;
}

/** What other systems can be told of, in words. */
export const eventMeanings = {
  'customer.created': 'A customer was created.',
  'customer.updated': 'A customer was changed, or its deletion was undone.',
  'customer.deleted': 'A customer was deleted.',
  'customer.erased': 'A customer was erased: nothing of it is left but its id, its number and this time.',
} as const;

/** What other systems can be told of. An erasure is no change of the record, and every subscriber is told of it. */
export type EventType = keyof typeof eventMeanings;

/**
 * What an operation wants the customer to be: a record, one with a past elsewhere, or nothing (deleted). `blind` is what
 * the caller wrote at places that it does not see.
 */
export type Next =
  | { data: CustomerData; blind?: Change[] }
  | { data: CustomerData; past: Past }
  | { deleted: true; data: CustomerData };

/** What a customer was before it came here: every change of it, and the record that they lead to. */
export interface Past {
  createdAt: Date;
  entries: HistoryEntry[];
  record: JsonObject;
}

/** One call of an operation, as the door takes it. */
export interface Command<Input = unknown> {
  operation: WriteOperation<Input>;
  customerId: string;
  input: Input;
  context: Context;
  precondition: Precondition;
  /** What the customer must not be (`If-None-Match`); nothing where it is left out. */
  unless?: Precondition;
  /** With a stale precondition: merge the change when nobody touched the same places since. */
  mergeStale: boolean;
  /** Says what would happen, and does nothing. */
  dryRun: boolean;
  idempotency: { keyDigest: Buffer; fingerprint: Buffer } | null;
  /** Accepts the call to be carried out later instead: the id under which it waits, and the call. */
  accepts: { requestId: string; call: AcceptedCall } | null;
  /** The accepted request that this call carries out; it ends in the same transaction. */
  finishes: string | null;
  /**
   * Whether the caller may make this change of this customer at all (undefined while it is created); throws a Refusal.
   * A change that is made later is judged when it is accepted and when it is made.
   */
  eligible?(current: Customer | undefined, context: Context, world: World): void;
  /** The reply in the caller's contract. Pure, since it is stored with the change. */
  render(outcome: Outcome, links: Links): Reply;
}

/** A change that is made now, whatever the version, and that nobody repeats: what the service does of itself. */
export const unguarded = {
  precondition: { kind: 'none' },
  mergeStale: false,
  dryRun: false,
  idempotency: null,
  accepts: null,
  finishes: null,
} as const satisfies Partial<Command>;

/**
 * How a command ended. `changes` is empty when the record already was as asked. A refusal that was decided against a
 * record has it beside it as it would have been and as it was `before`, so that a contract can tell which member a pointer means.
 */
export type Outcome =
  | { kind: 'done'; customer: Customer; changes: Change[]; created: boolean; dryRun: boolean }
  | { kind: 'accepted'; requestId: string; customerId: string }
  | { kind: 'refused'; refusal: Refusal; record?: JsonObject; before?: JsonObject };

/** An answer, ready for the wire. */
export interface Reply {
  status: number;
  headers: Record<string, string>;
  /** A text, or the bytes of one in UTF-8. */
  body: string | Buffer;
  /** The body in parts, in the place of `body`, where it may be too long to be held at once. */
  parts?: AsyncIterable<string>;
}

/** A reply whose body is a text for sure, as that of every refusal is. */
export interface TextReply extends Reply {
  body: string;
}

/** The same reply with its body as a text. */
export const asText = <R extends Reply>(reply: R): R & TextReply => ({
  ...reply,
  body: typeof reply.body === 'string' ? reply.body : reply.body.toString('utf8'),
});
