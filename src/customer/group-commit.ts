import type { Tenant } from '../access/principal.ts';
import { Refusal } from '../errors.ts';
import { attemptCommand } from './attempt-command.ts';
import { type Gatherer, gatherer } from './gather.ts';
import { collectWrites, hasWrites } from './group-writes.ts';
import type { Command, Reply } from './operation.ts';
import { type GroupTransaction, type Loaded, type Needs, noNeeds, type Store } from './store.ts';
import { createWorld } from './world.ts';

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

/**
 * Locks that are taken before anything is read. The hierarchy's comes before those of customers, as it does in every
 * other transaction: two that took them the other way round would wait for each other.
 */
type Locks = Pick<Needs, 'lock' | 'structure'>;

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

/**
 * Loads and decides a group and begins to save it. It ends before the save does, so that nothing of what was loaded and
 * decided is held meanwhile: the collector would copy it again and again, for every group that waits for the disk.
 */
const decideGroup = async (
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

const mostPasses = 12;

const firstNeeds = (commands: Command[]): Needs => ({
  ...noNeeds(),
  customers: [...new Set(commands.map((command) => command.customerId))],
  replies: commands.flatMap((command) => (command.idempotency ? [command.idempotency.keyDigest] : [])),
  requests: commands.flatMap((command) => (command.finishes ? [command.finishes] : [])),
});

/**
 * Everything that was asked for so far. What was read before the hierarchy was locked may be out of date: a parent may
 * have been deleted meanwhile.
 */
const afresh = (first: Needs, loaded: Loaded, needs: Needs): Needs => ({
  ...first,
  structure: true,
  others: [...loaded.othersAsked, ...needs.others],
  ancestorsOf: [...loaded.links.map((link) => link.customerId), ...needs.ancestorsOf],
  childrenOf: [...loaded.childrenOf, ...needs.childrenOf],
  history: [...loaded.historyOf, ...needs.history],
  owners: [...loaded.ownersOf, ...needs.owners],
  numbersOfIds: [...loaded.numbersOfIds, ...needs.numbersOfIds],
  idsOfNumbers: [...loaded.idsOfNumbers, ...needs.idsOfNumbers],
});

/** What was loaded before and what was loaded now. The clock stays that of the transaction's first statement. */
const merged = (before: Loaded, now: Loaded): Loaded => ({
  now: before.now,
  newDataKey: before.newDataKey,
  chainSecret: before.chainSecret,
  allChained: before.allChained,
  othersAsked: [...before.othersAsked, ...now.othersAsked],
  customers: [...before.customers, ...now.customers],
  replies: before.replies,
  openRequests: before.openRequests,
  structure: before.structure,
  links: [...before.links, ...now.links],
  childrenOf: [...before.childrenOf, ...now.childrenOf],
  children: [...before.children, ...now.children],
  historyOf: [...before.historyOf, ...now.historyOf],
  history: [...before.history, ...now.history],
  ownersOf: [...before.ownersOf, ...now.ownersOf],
  owners: [...before.owners, ...now.owners],
  numbersOfIds: [...before.numbersOfIds, ...now.numbersOfIds],
  idsOfNumbers: [...before.idsOfNumbers, ...now.idsOfNumbers],
  numbered: [...before.numbered, ...now.numbered],
});
