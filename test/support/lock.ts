import pg from 'pg';
import type { TestDatabase } from './database.ts';

/** A transaction of the test's own that holds rows locked. */
interface HeldLock {
  /** Resolves when as many sessions of this database wait for a lock. */
  awaited(sessions?: number): Promise<void>;
  /** Runs another statement in the same transaction. */
  query(text: string, values?: unknown[]): Promise<unknown>;
  /** Commits, and lets go; may be called again. */
  release(): Promise<void>;
}

/** Locks what a `SELECT … FOR UPDATE` names, past row-level security, so that the service really waits in the middle. */
export const holdLock = async (
  database: TestDatabase,
  text: string,
  values: unknown[],
): Promise<HeldLock> => {
  const client = new pg.Client({ connectionString: database.url });
  client.on('error', () => {});
  await client.connect();
  await client.query('BEGIN');
  const { rowCount } = await client.query(text, values);
  if (!rowCount) throw new Error('Nothing was locked');
  let released: Promise<void> | undefined;
  return {
    async awaited(sessions = 1) {
      let waiting = 0;
      const until = Date.now() + longestWaitMs;
      while (waiting < sessions) {
        const [row] = await database.query<{ waiting: number }>(
          `SELECT count(*)::int AS waiting FROM pg_stat_activity
           WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        waiting = row?.waiting ?? 0;
        if (Date.now() > until) throw new Error(`${waiting} sessions wait for a lock, not ${sessions}`);
      }
    },
    query: (more, moreValues) => client.query(more, moreValues),
    release: () => {
      released ??= client.query('COMMIT').then(() => client.end());
      return released;
    },
  };
};

const longestWaitMs = 5000;

/** Locks one customer. */
export const holdCustomer = (database: TestDatabase, customerId: string): Promise<HeldLock> =>
  holdLock(database, 'SELECT 1 FROM customer WHERE customer_id = $1 FOR UPDATE', [customerId]);
