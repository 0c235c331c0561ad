import { fingerprintOf, keyDigestOf } from '../customer/idempotency.ts';
import type { Command, Outcome, Reply, WriteOperation } from '../customer/operation.ts';
import { sealCall } from '../customer/request.ts';
import { readIfMatch } from '../headers/entity-tag.ts';
import { readIdempotencyKey } from '../headers/idempotency-key.ts';
import { readPrefer } from '../headers/prefer.ts';
import { canonicalJson } from '../schema/canonical.ts';
import type { Call, Contract } from './contract.ts';
import { booleanQuery, choiceQuery } from './query.ts';

/** What a contract says of one change; the rest of the command comes from the call in the same way everywhere. */
export interface ChangeSpec<Input> {
  operation: WriteOperation<Input>;
  customerId: string;
  input: Input;
  /** The answer to a change that was made, in the contract's shape. */
  render(outcome: Outcome & { kind: 'done' }): Reply;
  /** The answer to a change that was accepted to be made later; a contract without it is always synchronous. */
  renderAccepted?(outcome: Outcome & { kind: 'accepted' }): Reply;
}

/** Makes the command of a call: precondition, idempotency key, dry run and asynchrony are read here and only here. */
export const commandOf = <Input>(contract: Contract, call: Call, spec: ChangeSpec<Input>): Command<Input> => {
  const key = readIdempotencyKey(call.headerValues('idempotency-key'));
  const dryRun = booleanQuery(call, 'dryRun');
  const later =
    spec.renderAccepted && !dryRun && !call.finishes && readPrefer(call.headerValues('prefer')).respondAsync;
  return {
    operation: spec.operation,
    // A creation keeps the id that it was given when it was accepted.
    customerId: call.finishes?.customerId ?? spec.customerId,
    input: spec.input,
    context: call.context,
    precondition: readIfMatch(call.header('if-match')),
    mergeStale: choiceQuery(call, 'onConflict', ['merge', 'refuse']) === 'merge',
    dryRun,
    idempotency:
      key === undefined || call.finishes
        ? null
        : {
            keyDigest: keyDigestOf(call.context.principal, contract.id, key),
            fingerprint: fingerprintOf(call.context.principal, requestParts(call)),
          },
    accepts: later ? acceptedCall(call, spec.customerId) : null,
    finishes: call.finishes?.requestId ?? null,
    render: (outcome) => renderOutcome(contract, call, spec, outcome),
  };
};

/** What makes two requests of a contract the same, unless it compares them byte by byte (RFC 8785 for the body). */
export const requestParts = (call: Call): (string | Buffer)[] => [
  call.route.method,
  call.route.id,
  canonicalJson(call.params),
  canonicalJson(call.query),
  call.contentType,
  call.body === undefined ? '' : canonicalJson(call.body),
];

const renderOutcome = <Input>(
  contract: Contract,
  call: Call,
  spec: ChangeSpec<Input>,
  outcome: Outcome,
): Reply => {
  if (outcome.kind === 'done') return spec.render(outcome);
  if (outcome.kind === 'accepted' && spec.renderAccepted) return spec.renderAccepted(outcome);
  if (outcome.kind === 'refused') {
    return contract.renderRefusal(outcome.refusal, { requestId: call.context.requestId });
  }
  throw new Error('The contract does not answer later');
};

const acceptedCall = (call: Call, customerId: string): { requestId: string; sealed: Buffer } => {
  const { principal, tenant, reason, requestId } = call.context;
  const kept = ['if-match', 'prefer', 'content-type'];
  const sealed = sealCall(
    {
      route: call.route.id,
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
    },
    tenant.id,
    customerId,
  );
  return { requestId: call.context.newId(), sealed };
};
