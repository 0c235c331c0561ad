import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from './database.ts';

/**
 * Waits until each transaction that runs on this database now has ended, and gives the instant of before: what is committed
 * from now on was begun since then. Undefined when one of them takes longer than `longestMs`. That a transaction runs
 * is told to every role, by the lock that it holds on itself; since when it runs is not.
 */
export const settled = async (
  database: Pick<Database, 'inNone'>,
  longestMs: number,
): Promise<Date | undefined> => {
  const until = performance.now() + longestMs;
  const { at, running } = await readRunning(database);
  for (let left = running; left.length > 0; ) {
    if (performance.now() >= until) return undefined;
    await delay(pauseMs);
    const still = new Set((await readRunning(database)).running);
    left = left.filter((one) => still.has(one));
  }
  return at;
};

const pauseMs = 20;

interface Running {
  at: Date;
  /** Virtual transaction ids, of which none comes twice. */
  running: string[];
}

/** The workers of the server itself have no user, and change no customer. */
const readRunning = async (database: Pick<Database, 'inNone'>): Promise<Running> => {
  const [row] = await database.inNone((sql) =>
    sql<Running>(
      `SELECT transaction_timestamp() AS at, ARRAY(
         SELECT l.virtualtransaction FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
         WHERE l.locktype = 'virtualxid' AND l.virtualxid = l.virtualtransaction AND a.datname = current_database()
           AND a.usesysid IS NOT NULL AND l.pid <> pg_backend_pid()) AS running`,
    ),
  );
  return row as Running;
};
