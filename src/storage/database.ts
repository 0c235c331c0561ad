import pg from 'pg';
import type { KeySource } from '../privacy/key-source.ts';
import { uuidForm } from '../uuid.ts';
import { createKeyring, type Keyring } from './keyring.ts';
import { readSnapshot } from './snapshot.ts';
import type { Transactions } from './sql.ts';
import { type TransactionOptions, transact, type Work } from './transaction.ts';

/** The service's connections to PostgreSQL. Each piece of work is one transaction of one tenant. */
export interface Database extends Transactions {
  /** Reads a tenant as it is at one moment, on a connection of its own, for whole tables as streams. */
  readSnapshot<T>(tenantId: string, work: (client: pg.Client) => Promise<T>): Promise<T>;
  /** The tenants' keys, under which lies what is sealed in it. */
  keyring: Keyring;
  /** Connections in all, idle ones, and callers that wait for one. */
  stats(): { total: number; idle: number; waiting: number };
  close(): Promise<void>;
}

/** How the database is reached and used, and what the keys of its tenants are wrapped with. */
export interface DatabaseOptions extends TransactionOptions {
  connection: pg.PoolConfig;
  poolSize: number;
  keySource: KeySource;
  /** False where a benchmark switched sealing off. */
  sealing?: boolean;
}

/** Opens the connections; none is made before it is needed. */
export const openDatabase = (options: DatabaseOptions): Database => {
  const pool = new pg.Pool({
    ...options.connection,
    max: options.poolSize,
    pipeline: true,
    query_timeout: options.statementTimeoutMs + clientGraceMs,
    connectionTimeoutMillis: connectTimeoutMs,
    idleTimeoutMillis: idleTimeoutMs,
    application_name: 'customary',
    ...(options.prepare ? { options: indexPlans } : {}),
  } as pg.PoolConfig);
  // A connection that dies, idle or in use, is replaced at the next use; without a listener it would end the process.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  const work = <T>(tenantId: string, run: Work<T>) => transact(pool, options, tenantId, run);
  const database: Omit<Database, 'keyring' | 'readSnapshot'> = {
    inTenant: (tenantId, run) => work(checked(tenantId), run),
    readInTenant: (tenantId, run) =>
      work(checked(tenantId), (sql, commit) => {
        const result = run(sql);
        void commit();
        return result;
      }),
    inNone: (run) => work('', run),
    stats: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close: () => pool.end(),
  };
  return Object.assign(database, {
    readSnapshot: <T>(tenantId: string, run: (client: pg.Client) => Promise<T>) =>
      readSnapshot(options, checked(tenantId), run),
    keyring: createKeyring(database, options.keySource, options.sealing !== false),
  });
};

/**
 * A plan that was made while a table was empty would go on reading all of it, or through a bitmap, which costs three
 * times as much where every row is looked up by its key.
 */
const indexPlans = '-c enable_seqscan=off -c enable_bitmapscan=off';

const clientGraceMs = 2000;
const connectTimeoutMs = 5000;
const idleTimeoutMs = 30_000;

const checked = (tenantId: string): string => {
  if (!uuidForm.test(tenantId)) throw new Error('The tenant is not a UUID');
  return tenantId;
};
