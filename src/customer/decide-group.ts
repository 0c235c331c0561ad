import type { Tenant } from '../access/principal.ts';
import { attemptCommand } from './attempt-command.ts';
import { createWorld } from './create-world.ts';
import { afresh, firstNeeds, merged } from './group-needs.ts';
import { collectWrites, hasWrites } from './group-writes.ts';
import type { Command, Reply } from './operation.ts';
import type { GroupTransaction, Needs } from './store.ts';

/**
 * Loads and decides a group and begins to save it. It ends before the save does, so that nothing of what was loaded and
 * decided is held meanwhile: the collector would copy it again and again, for every group that waits for the disk. A command
 * keeps its own outcome; throws what the database does, UnreadableRecord, and an Error when the group never has enough.
 */
export const decideGroup = async (
  tenant: Tenant,
  tx: GroupTransaction,
  commands: Command[],
  locks: Locks,
): Promise<Decided> => {
  const first = { ...firstNeeds(commands), ...locks };
  let loaded = await tx.load(first);
  for (let pass = 0; pass < mostPasses; pass++) {
    const state = createWorld(tenant, loaded);
    const attempts = commands.map((command) => attemptCommand(command, state, loaded));
    if (attempts.some((attempt) => attempt.missing)) {
      loaded = state.needs.structure
        ? await tx.load(afresh(first, loaded, state.needs))
        : merged(loaded, await tx.load(state.needs));
      continue;
    }
    const writes = collectWrites(tenant, loaded, state, attempts);
    const results = attempts.map((attempt) => attempt.result as PromiseSettledResult<Reply>);
    const saved = hasWrites(writes) ? tx.save(writes) : Promise.resolve(true);
    return { saved, results, structure: loaded.structure !== null };
  }
  throw new Error('A group kept asking for more to be loaded');
};

/** How the commands of a group end once it is saved. */
interface Decided {
  saved: Promise<boolean>;
  /** Whether the hierarchy was locked for it. */
  structure: boolean;
  results: PromiseSettledResult<Reply>[];
}

/**
 * Locks that are taken before anything is read. The hierarchy's comes before those of customers, as it does in every
 * other transaction: two that took them the other way round would wait for each other.
 */
export type Locks = Pick<Needs, 'lock' | 'structure'>;

const mostPasses = 12;
