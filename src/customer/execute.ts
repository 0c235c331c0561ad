import type { Scope } from '../access/scopes.ts';
import { Refusal } from '../errors.ts';
import type { Context } from './context.ts';
import { createGroupCommit, type GroupMetrics } from './group-commit.ts';
import { createKeepAccesses } from './keep-accesses.ts';
import type { Command, Reply } from './operation.ts';
import { createReader, type Reader } from './reader.ts';
import type { Store } from './store.ts';
import type { UnreadableRecord } from './unreadable-record.ts';

/**
 * The one door: every edge changes a customer through `execute`, and nothing else does. It authorises, replays,
 * checks the version, decides, validates, saves with history, event and reply, and answers in the caller's contract.
 */
export interface Door {
  /** Carries out one change. A refusal decided against the record comes as a reply; others are thrown. */
  execute<Input>(command: Command<Input>): Promise<Reply>;
  /** Throws Refusal `forbidden` unless the caller has every scope. */
  authorise(caller: Pick<Context, 'principal'>, scopes: readonly Scope[]): void;
  /**
   * Writes down in the access log what a call noted, durably; nothing of it may be shown before. What a change shows and
   * makes is kept in its own transaction. Throws Refusal `unavailable`.
   */
  keepAccesses(context: Context): Promise<void>;
  reader: Reader;
  store: Store;
  /** Most customers that a list may look at one by one. */
  mostScanned: number;
  /** Tells whoever runs the service of a record that can't be opened, where the call goes on without it. */
  unreadable(error: UnreadableRecord): void;
  /** Changes that wait for a group. */
  waiting(): number;
  /** Resolves when nothing waits and nothing is under way. */
  drained(): Promise<void>;
}

/** What others are told of the door's work. */
interface DoorWatch extends GroupMetrics {
  /** A change of this tenant was accepted to be made later. */
  onAccepted?(tenantId: string): void;
  /** A list left a record out that can't be opened. */
  onUnreadable?(error: UnreadableRecord): void;
}

/** Makes the door of a store. */
export const createDoor = (
  store: Store,
  watch: DoorWatch,
  { mostScanned }: Pick<Door, 'mostScanned'>,
): Door => {
  const groups = createGroupCommit(store, watch);
  const submit = (command: Command): Promise<Reply> => {
    const reply = groups.submit(command);
    return command.accepts ? reply.finally(() => watch.onAccepted?.(command.context.tenant.id)) : reply;
  };
  const running = new Map<string, Buffer>();
  return {
    keepAccesses: createKeepAccesses(store),
    reader: createReader(store),
    store,
    mostScanned,
    unreadable: (error) => watch.onUnreadable?.(error),
    authorise,
    waiting: groups.waiting,
    drained: groups.drained,
    async execute(command) {
      authorise(command.context, command.operation.scopes);
      const key = command.dryRun ? undefined : command.idempotency;
      if (!key) return submit(command as Command);
      const name = `${command.context.tenant.id}${key.keyDigest.toString('base64')}`;
      const twin = running.get(name);
      if (twin) throw twinRefusal(twin.equals(key.fingerprint));
      running.set(name, key.fingerprint);
      try {
        return await submit(command as Command);
      } finally {
        running.delete(name);
      }
    },
  };
};

const authorise = (caller: Pick<Context, 'principal'>, scopes: readonly Scope[]): void => {
  const lacking = scopes.filter((scope) => !caller.principal.scopes.has(scope));
  if (lacking.length === 0) return;
  throw new Refusal('forbidden', {
    faults: lacking.map((scope) => ({ pointer: '', rule: 'scope', detail: `needs the scope ${scope}` })),
  });
};

/** A key in use: by the same request, which may be asked again shortly, or by another one, which never may. */
const twinRefusal = (same: boolean): Refusal =>
  same
    ? new Refusal('idempotency-key-in-progress', { headers: { 'retry-after': '1' } })
    : new Refusal('idempotency-key-reused');
