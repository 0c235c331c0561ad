import { errorTable } from '../errors.ts';
import type { JsonObject } from '../schema/json.ts';
import { acceptCommand, requestOpenedBy } from './accept-command.ts';
import type { Attempt } from './attempt.ts';
import type { WorldState } from './create-world.ts';
import { type Decision, decideCommand } from './decide-command.ts';
import { type HistoryEntry, snapshotEvery } from './history-entry.ts';
import { storedReply } from './idempotency.ts';
import { type Judgement, judged } from './judgement.ts';
import { noteDecision } from './note-decision.ts';
import { noteChanged, noteDeleted } from './note-disclosure.ts';
import type { Command } from './operation.ts';
import { bytesOf, dataKeyOf } from './record.ts';
import { endOf } from './request.ts';
import { asAnswered } from './view.ts';

/**
 * Decides one command on top of those before it, and renders how it ends. When it has an answer, `state` knows what the
 * command changed. A Refusal is an outcome; throws Missing and every other error.
 */
export const carryOut = (command: Command, state: WorldState): Partial<Attempt> => {
  const { decision, result } = command.accepts
    ? acceptCommand(command, command.accepts, state)
    : decide(command, state);
  const value = command.render(result, state.world.links(command.context.principal.customerId));
  // A creation that is only tried shows the caller's own words, and keeps no key that an entry could be read with.
  if (result.kind === 'done' && result.created && result.dryRun) command.context.disclosed.noted = [];
  const stored = result.kind !== 'refused' || errorTable[result.refusal.code].stored;
  const entry = decision?.changed && !command.dryRun ? entryOf(command, decision) : null;
  if (decision && entry) noteWritten(command, decision);
  const opened = result.kind === 'accepted' ? requestOpenedBy(command, state) : null;
  const key =
    state.world.dataKey(command.customerId) ?? (entry && decision ? dataKeyOf(decision.after) : undefined);
  const carriedOut: Partial<Attempt> = {
    decision: entry ? decision : null,
    entry,
    reply:
      stored && command.idempotency && !command.dryRun
        ? storedReply(command, value, state.world.now, key)
        : null,
    opened,
    ended: command.finishes ? endOf(command, command.finishes, result, value, key) : null,
    result: { status: 'fulfilled', value },
  };
  if (decision && entry) noteDecision(state, decision, entry);
  return carriedOut;
};

const decide = (command: Command, state: WorldState): Judgement => {
  let records: { record: JsonObject; before?: JsonObject } | undefined;
  const onNext = (record: JsonObject, before: JsonObject | undefined) => {
    records = before ? { record, before } : { record };
  };
  const judgement = judged(() => {
    const decision = decideCommand(command, state.world, onNext);
    const { after, before, changes } = decision;
    const customer = asAnswered(before, after, command.dryRun, command.context);
    return {
      decision,
      result: { kind: 'done', customer, changes, created: !before, dryRun: command.dryRun },
    };
  });
  const { result } = judgement;
  return result.kind === 'refused' ? { decision: null, result: { ...result, ...records } } : judgement;
};

/** Notes for the access log what the change wrote; of a customer with a past elsewhere, all that it has here now. */
const noteWritten = ({ context }: Command, decision: Decision): void => {
  if (decision.after.deletedAt) noteDeleted(context, decision.after);
  else noteChanged(context, decision.after, decision.changes, levelBefore(decision));
};

const levelBefore = ({ before }: Decision): number => before?.data.protectionLevel ?? 1;

const entryOf = (command: Command, decision: Decision): HistoryEntry => {
  const { version, id, updatedAt } = decision.after;
  return {
    customerId: id,
    version,
    recordedAt: updatedAt,
    principal: command.context.principal.name,
    contract: command.context.contract,
    operation: command.operation.name,
    reason: command.context.reason,
    changes: decision.past?.changes ?? decision.changes,
    snapshot:
      version === 1 || version % snapshotEvery === 0 ? bytesOf(decision.after).toString('utf8') : null,
  };
};
