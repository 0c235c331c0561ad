import type { AcceptedCall } from '../customer/accepted-call.ts';
import type { Links } from '../customer/links.ts';
import type { Command, Outcome, Reply, WriteOperation } from '../customer/operation.ts';
import { entityTag, readIfMatch, readIfNoneMatch } from '../headers/entity-tag.ts';
import { readPrefer } from '../headers/prefer.ts';
import { joined } from '../schema/joined.ts';
import type { JsonObject } from '../schema/json.ts';
import type { Asked, Call, Contract } from './contract.ts';
import { idempotencyOf } from './idempotency.ts';
import { ignoredHeader } from './ignored.ts';
import { booleanQuery, choiceQuery } from './query.ts';
import { withWirePointers } from './wire-pointers.ts';

/** What a contract says of one change; the rest of the command comes from the call in the same way everywhere. */
export interface ChangeSpec<Input> {
  operation: WriteOperation<Input>;
  customerId: string;
  input: Input;
  /** Whether the caller may make this change at all, beyond scopes and sight. */
  eligible?: NonNullable<Command['eligible']>;
  /** Names of members that the contract let the caller send and did not look at; told in `Customary-Ignored`. */
  ignored?: readonly string[];
  /** The answer to a change that was made, in the contract's shape; it gets the entity tag if it has none. */
  render(outcome: Outcome & { kind: 'done' }, links: Links): Reply;
  /** The answer to a change that was accepted to be made later; a contract without it is always synchronous. */
  renderAccepted?(outcome: Outcome & { kind: 'accepted' }): Reply;
  /** Every change is made later, whether the caller prefers it or not. */
  alwaysLater?: true;
  /**
   * Turns a pointer into the record into those into the contract's document; none where the contract has no such
   * member. `record` is the record as it would have been, where the refusal was decided against one, and then as it was:
   * it tells which item of a list a pointer means. Without it the contract's document is the record.
   */
  onWire?(pointer: string, record: JsonObject | undefined): readonly string[];
}

/** Makes the command of a call: precondition, idempotency key, dry run and asynchrony are read here and only here. */
export const commandOf = <Input>(contract: Contract, call: Call, spec: ChangeSpec<Input>): Command<Input> => {
  const idempotency = idempotencyOf(contract, call);
  const dryRun = booleanQuery(call, 'dryRun');
  return {
    operation: spec.operation,
    // A creation keeps the id that it was given when it was accepted.
    customerId: call.finishes?.customerId ?? spec.customerId,
    input: spec.input,
    context: call.context,
    precondition: readIfMatch(call.header('if-match')),
    ...unlessOf(call),
    mergeStale: choiceQuery(call, 'onConflict', ['merge', 'refuse']) === 'merge',
    dryRun,
    idempotency: call.finishes ? null : idempotency,
    accepts: isLater(call, spec, dryRun)
      ? { requestId: call.context.newId(), call: acceptedCall(call) }
      : null,
    finishes: call.finishes?.requestId ?? null,
    ...(spec.eligible ? { eligible: spec.eligible } : {}),
    render: (outcome, links) => renderOutcome(contract, call, spec, outcome, links),
  };
};

/** Hardly ever there on a change. */
const unlessOf = (call: Call): Pick<Command, 'unless'> => {
  const header = call.header('if-none-match');
  return header === undefined ? {} : { unless: readIfNoneMatch(header) };
};

/** What a contract may know of a call when it answers with a refusal. */
export const askedIn = (call: Call): Asked => ({
  requestId: call.context.requestId,
  method: call.route.method,
  path: call.url.split('?', 1)[0] as string,
  route: call.route,
  header: call.header,
});

const isLater = <Input>(call: Call, spec: ChangeSpec<Input>, dryRun: boolean): boolean =>
  spec.renderAccepted !== undefined &&
  !dryRun &&
  !call.finishes &&
  (spec.alwaysLater === true || readPrefer(call.headerValues('prefer')).respondAsync);

const renderOutcome = <Input>(
  contract: Contract,
  call: Call,
  spec: ChangeSpec<Input>,
  outcome: Outcome,
  links: Links,
): Reply => {
  if (outcome.kind === 'refused') return renderRefused(contract, call, spec, outcome);
  const ignored = spec.ignored ?? [];
  if (outcome.kind === 'accepted') {
    if (!spec.renderAccepted) throw new Error('The contract does not answer later');
    return withHeader(spec.renderAccepted(outcome), ignored);
  }
  const { customer, dryRun } = outcome;
  const reply = withHeader(spec.render(outcome, links), ignored);
  if (dryRun || customer.deletedAt || reply.headers['etag'] !== undefined) return reply;
  return { ...reply, headers: joined(reply.headers, { etag: entityTag(customer.version) }) };
};

const renderRefused = <Input>(
  contract: Contract,
  call: Call,
  spec: ChangeSpec<Input>,
  { refusal, record, before }: Outcome & { kind: 'refused' },
): Reply => {
  // What was taken away stands in the record from before alone.
  const onWire = (pointer: string): readonly string[] => {
    const named = spec.onWire?.(pointer, record) ?? [];
    return named.length === 0 && before ? (spec.onWire?.(pointer, before) ?? []) : named;
  };
  const named = spec.onWire ? withWirePointers(refusal, onWire) : refusal;
  return contract.renderRefusal(named, askedIn(call));
};

const withHeader = (reply: Reply, ignored: readonly string[]): Reply =>
  ignored.length === 0
    ? reply
    : { ...reply, headers: joined(reply.headers, { 'customary-ignored': ignoredHeader(ignored) }) };

const acceptedCall = (call: Call): AcceptedCall => {
  const { principal, reason, requestId } = call.context;
  const kept = ['if-match', 'if-none-match', 'prefer', 'content-type', 'accept'];
  return {
    route: call.route.id,
    url: call.url,
    params: call.params,
    query: call.query,
    headers: Object.fromEntries(
      kept.flatMap((name) => {
        const value = call.header(name);
        return value === undefined ? [] : [[name, value]];
      }),
    ),
    contentType: call.contentType,
    body: call.body ?? null,
    hasBody: call.body !== undefined,
    principal: { ...principal, scopes: [...principal.scopes] },
    reason,
    requestId,
  };
};
