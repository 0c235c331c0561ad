import { type Attempt, emptyAttempt } from './attempt.ts';
import { carryOut } from './carry-out.ts';
import type { WorldState } from './create-world.ts';
import { replayable } from './idempotency.ts';
import { Missing } from './missing.ts';
import type { Command, Reply } from './operation.ts';
import type { Loaded } from './store.ts';
import { takeAccesses } from './take-accesses.ts';

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

const nothing: Reply = { status: 204, headers: {}, body: '' };
