import type { Tenant } from '../access/principal.ts';
import { Refusal } from '../errors.ts';
import { decideGroup, type Locks } from './decide-group.ts';
import { type Gatherer, gatherer } from './gather.ts';
import type { Command, Reply } from './operation.ts';
import type { Store } from './store.ts';

/** What is counted while groups are committed. */
export interface GroupMetrics {
  onGroup(size: number): void;
  onRetry(reason: 'conflict' | 'split'): void;
}

/** Commits many callers' changes together; each command keeps its own outcome. */
interface GroupCommit {
  submit(command: Command): Promise<Reply>;
  waiting(): number;
  /** Resolves when nothing waits and nothing is under way. */
  drained(): Promise<void>;
}

/**
 * Makes the group commit of a store. While one transaction is in flight, arriving commands gather per tenant; then
 * the group is loaded, decided one after the other, and saved in one transaction with a fixed number of statements.
 */
export const createGroupCommit = (store: Store, metrics: GroupMetrics): GroupCommit => {
  const tenants = new Map<string, Gatherer<Command, Reply>>();
  const gathererOf = (tenant: Tenant): Gatherer<Command, Reply> => {
    const known = tenants.get(tenant.id);
    if (known) return known;
    const made = gatherer<Command, Reply>({
      run: (commands) => commitGroup(store, metrics, commands),
      keyOf: (command) => command.customerId,
      mostItems: mostCommands,
      fewItems: fewCommands,
      mostGroups: mostGroupsInFlight,
      onGroup: metrics.onGroup,
    });
    tenants.set(tenant.id, made);
    return made;
  };
  return {
    submit: (command) => gathererOf(command.context.tenant).add(command),
    waiting: () => [...tenants.values()].reduce((sum, one) => sum + one.waiting(), 0),
    drained: async () => void (await Promise.all([...tenants.values()].map((one) => one.drained()))),
  };
};

const mostCommands = 128;
const fewCommands = 24;
/** Enough that some are decided while others wait for the disk. */
export const mostGroupsInFlight = 3;
const mostRetries = 20;

/** Thrown inside a transaction whose writes met those of another process. */
class GroupConflict extends Error {
  /** What the next try locks before it reads. */
  readonly locks: Locks;

  constructor(structure: boolean) {
    super('Another process was faster');
    this.locks = { lock: true, structure };
  }
}

const commitGroup = async (
  store: Store,
  metrics: GroupMetrics,
  commands: Command[],
  retry = 0,
  locks: Locks = { lock: false, structure: false },
): Promise<PromiseSettledResult<Reply>[]> => {
  const tenant = (commands[0] as Command).context.tenant;
  try {
    return await store.transact(tenant, async (tx) => {
      const { saved, results, structure } = await decideGroup(tenant, tx, commands, locks);
      if (!(await saved)) throw new GroupConflict(structure);
      return results;
    });
  } catch (error) {
    if (error instanceof GroupConflict && retry < mostRetries) {
      metrics.onRetry('conflict');
      return commitGroup(store, metrics, commands, retry + 1, error.locks);
    }
    if (error instanceof GroupConflict)
      throw new Refusal('unavailable', { cause: error, headers: { 'retry-after': '1' } });
    if (commands.length === 1 || error instanceof Refusal) throw error;
    metrics.onRetry('split');
    return commitApart(store, metrics, commands);
  }
};

/**
 * One command must not fail the others: when a group can't be saved, each is tried alone. Only where the database is away
 * for one, those of its customer are left as well: one that comes again must not come after them.
 */
const commitApart = async (
  store: Store,
  metrics: GroupMetrics,
  commands: Command[],
): Promise<PromiseSettledResult<Reply>[]> => {
  const results: PromiseSettledResult<Reply>[] = [];
  const lost = new Map<string, PromiseSettledResult<Reply>>();
  for (const command of commands) {
    const result = lost.get(command.customerId) ?? (await commitAlone(store, metrics, command));
    if (mayComeAgain(result)) lost.set(command.customerId, result);
    results.push(result);
  }
  return results;
};

const commitAlone = async (
  store: Store,
  metrics: GroupMetrics,
  command: Command,
): Promise<PromiseSettledResult<Reply>> => {
  try {
    const [result] = await commitGroup(store, metrics, [command]);
    return result as PromiseSettledResult<Reply>;
  } catch (reason) {
    return { status: 'rejected', reason };
  }
};

const mayComeAgain = (result: PromiseSettledResult<Reply>): boolean =>
  result.status === 'rejected' && result.reason instanceof Refusal && result.reason.code === 'unavailable';
