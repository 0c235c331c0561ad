import type { AccessRow } from './access-store.ts';
import type { Decision } from './decide-command.ts';
import type { HistoryEntry } from './history-entry.ts';
import type { Command, Reply } from './operation.ts';
import type { ReplyRow, RequestEnd, RequestRow } from './stored-rows.ts';

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

/** The attempt at a command of which nothing is decided yet. */
export const emptyAttempt = (command: Command): Attempt => ({
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
