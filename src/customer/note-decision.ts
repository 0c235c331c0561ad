import type { WorldState } from './create-world.ts';
import type { Decision } from './decide-command.ts';
import type { HistoryEntry } from './history-entry.ts';
import { uniqueTokens } from './unique-tokens.ts';

/** Lets the next commands of the group see what a change made of the customer, its history and its unique values. */
export const noteDecision = (state: WorldState, decision: Decision, entry: HistoryEntry): void => {
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
