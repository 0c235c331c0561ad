import { errorTable, Refusal } from '../errors.ts';
import type { JsonObject } from '../schema/json.ts';
import type { AccessRow } from './access-store.ts';
import { type Decision, decideCommand } from './decide-command.ts';
import { type HistoryEntry, snapshotEvery } from './history-entry.ts';
import { replayable, storedReply } from './idempotency.ts';
import { isVisible } from './is-visible.ts';
import { uniqueTokens } from './lookup.ts';
import { Missing } from './missing.ts';
import { noteChanged, noteDeleted } from './note-disclosure.ts';
import type { Command, Outcome, Reply } from './operation.ts';
import { bytesOf, dataKeyOf } from './record.ts';
import { endOf, sealCall } from './request.ts';
import type { Loaded } from './store.ts';
import type { ReplyRow, RequestEnd, RequestRow } from './stored-rows.ts';
import { takeAccesses } from './take-accesses.ts';
import { asAnswered } from './view.ts';
import type { WorldState } from './world.ts';

/** One command of a group after it was decided: what it writes and how it ends. */
export interface Attempt {
  command: Command;
  /** Something has to be loaded first; everything else is void then. */
  missing: boolean;
  decision: Decision | null;
  entry: HistoryEntry | null;
  reply: ReplyRow | null;
  opened: RequestRow | null;
  ended: RequestEnd | null;
  /** What the access log says of it. */
  accesses: AccessRow[];
  result: PromiseSettledResult<Reply> | null;
}

/**
 * Decides one command on top of those before it: replay, else decision, then the reply in the caller's contract.
 * Never throws; a refusal is an outcome, and an unexpected error is this command's alone: of a decision that came to no
 * reply the next commands see nothing, and no number is lost with it.
 */
export const attemptCommand = (command: Command, state: WorldState, loaded: Loaded): Attempt => {
  const { disclosed } = command.context;
  // What the call showed before is no part of this reply.
  const others = disclosed.noted;
  Object.assign(disclosed, { noted: [], level: 0 });
  const attempt = attempted(command, state, loaded);
  const accesses = takeAccesses(command.context);
  disclosed.noted = others;
  if (attempt.result?.status !== 'fulfilled') return attempt;
  // What a change that is made later would show is shown to nobody: the reply is kept.
  return {
    ...attempt,
    accesses: command.finishes ? accesses.filter(({ kind }) => kind === 'write') : accesses,
  };
};

const attempted = (command: Command, state: WorldState, loaded: Loaded): Attempt => {
  const attempt = emptyAttempt(command);
  const structure = state.structure && { ...state.structure };
  try {
    const replay = replayable(command, loaded, state);
    if (replay) return { ...attempt, result: { status: 'fulfilled', value: replay } };
    if (command.finishes && !loaded.openRequests.some(({ requestId }) => requestId === command.finishes)) {
      return { ...attempt, result: { status: 'fulfilled', value: nothing } };
    }
    return { ...attempt, ...carryOut(command, state) };
  } catch (error) {
    if (error instanceof Missing) return { ...attempt, missing: true };
    state.structure = structure;
    return { ...attempt, result: { status: 'rejected', reason: error } };
  }
};

const emptyAttempt = (command: Command): Attempt => ({
  command,
  missing: false,
  decision: null,
  entry: null,
  reply: null,
  opened: null,
  ended: null,
  accesses: [],
  result: null,
});

const nothing: Reply = { status: 204, headers: {}, body: '' };

const carryOut = (command: Command, state: WorldState): Partial<Attempt> => {
  const { decision, result } = command.accepts
    ? accept(command, command.accepts, state)
    : decide(command, state);
  const value = command.render(result, state.world.links(command.context.principal.customerId));
  // A creation that is only tried shows the caller's own words, and keeps no key that an entry could be read with.
  if (result.kind === 'done' && result.created && result.dryRun) command.context.disclosed.noted = [];
  const stored = result.kind !== 'refused' || errorTable[result.refusal.code].stored;
  const entry = decision?.changed && !command.dryRun ? entryOf(command, decision) : null;
  if (decision && entry) noteWritten(command, decision);
  const opened = result.kind === 'accepted' ? openedBy(command, state) : null;
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
  if (decision && entry) note(state, decision, entry);
  return carriedOut;
};

/** What can be judged at once is judged at once: only an eligible call on a customer that exists is accepted. */
const accept = (command: Command, { requestId }: { requestId: string }, state: WorldState): Judgement => {
  const { world } = state;
  const creates = command.operation.event === 'customer.created';
  const current = world.customer(command.customerId);
  const there =
    current && (!current.deletedAt || command.operation.onDeleted) && isVisible(command, current.id, world);
  return judged(() => {
    if (current?.erased && isVisible(command, current.id, world)) throw new Refusal('erased');
    if (!creates && !there) throw new Refusal('not-found');
    command.eligible?.(creates ? undefined : current, command.context, world);
    return {
      decision: null,
      result: { kind: 'accepted', requestId, customerId: command.customerId },
    };
  });
};

const openedBy = (command: Command, state: WorldState): RequestRow => {
  const { requestId, call } = command.accepts as NonNullable<Command['accepts']>;
  const { customerId, context } = command;
  const key = state.world.dataKey(customerId) ?? state.world.newDataKey();
  state.noteKey(customerId, key);
  return {
    requestId,
    sealed: sealCall(call, key, { tenantId: context.tenant.id, customerId, requestId }),
    principal: context.principal.name,
    contract: context.contract,
    customerId,
    status: 'open',
    result: null,
    createdAt: state.world.now,
    finishedAt: null,
  };
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

interface Judgement {
  decision: Decision | null;
  result: Outcome;
}

/** A judgement, or the refusal that it ended with. */
const judged = (judge: () => Judgement): Judgement => {
  try {
    return judge();
  } catch (error) {
    if (error instanceof Refusal) return { decision: null, result: { kind: 'refused', refusal: error } };
    throw error;
  }
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

const note = (state: WorldState, decision: Decision, entry: HistoryEntry): void => {
  const { before, after } = decision;
  const tenant = state.world.tenant;
  for (const one of decision.past?.entries ?? []) state.note(after, one);
  state.note(after, entry);
  const released = before && !before.deletedAt ? before.data : {};
  const claimed = after.deletedAt ? {} : after.data;
  for (const { field, token } of uniqueTokens(tenant, after.id, released, claimed)) {
    state.noteOwner(field, token, null);
  }
  for (const { field, token } of uniqueTokens(tenant, after.id, claimed, released)) {
    state.noteOwner(field, token, after.id);
  }
};
