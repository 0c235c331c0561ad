import type { Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { KeySource } from '../privacy/key-source.ts';
import { uuidForm } from '../uuid.ts';
import { isAway, isSerialisationFailure, isWrongCount, unavailable } from './database-errors.ts';
import { createKeyring, type Keyring } from './keyring.ts';
import { readSnapshot } from './snapshot.ts';

/** Runs one statement inside a transaction. Statements may be sent without awaiting the former: they are pipelined. */
export type Sql = <Row = Record<string, unknown>>(text: string, values?: unknown[]) => Promise<Row[]>;

/** The service's connections to PostgreSQL. Each piece of work is one transaction of one tenant. */
export interface Database {
  /**
   * Runs `work` in a transaction that sees and writes this tenant alone; retried when it could not be serialised.
   * `commit` sends the end of the transaction along with the statements before it, which saves a round trip; without
   * it the transaction ends when `work` has.
   */
  inTenant<T>(tenantId: string, work: (sql: Sql, commit: () => Promise<unknown>) => Promise<T>): Promise<T>;
  /** The same for work that only reads and sends all its statements at once: it takes one round trip. */
  readInTenant<T>(tenantId: string, work: (sql: Sql) => Promise<T>): Promise<T>;
  /** Runs `work` in a transaction of no tenant: it sees what belongs to none. */
  inNone<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  /** Reads a tenant as it is at one moment, on a connection of its own, for whole tables as streams. */
  readSnapshot<T>(tenantId: string, work: (client: pg.Client) => Promise<T>): Promise<T>;
  /** The tenants' keys, under which lies what is sealed in it. */
  keyring: Keyring;
  /** Connections in all, idle ones, and callers that wait for one. */
  stats(): { total: number; idle: number; waiting: number };
  close(): Promise<void>;
}

/** How the database is reached and used, and what the keys of its tenants are wrapped with. */
export interface DatabaseOptions {
  connection: pg.PoolConfig;
  poolSize: number;
  statementTimeoutMs: number;
  /** Prepare statements once a connection. Only where no pooler stands between. */
  prepare: boolean;
  /** Takes on this role in every transaction, where the login itself is an owner or a superuser. */
  role: string | null;
  keySource: KeySource;
  /** False where a benchmark switched sealing off. */
  sealing?: boolean;
  /** Tells of a transaction that was tried again. */
  onRetry?(): void;
  /** Rewrites every statement: the tests take the tenant condition out and see row-level security hold. */
  rewrite?(text: string): string;
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

type Work<T> = (sql: Sql, commit: () => Promise<unknown>) => Promise<T>;

/**
 * A plan that was made while a table was empty would go on reading all of it, or through a bitmap, which costs three
 * times as much where every row is looked up by its key.
 */
const indexPlans = '-c enable_seqscan=off -c enable_bitmapscan=off';

const clientGraceMs = 2000;
const connectTimeoutMs = 5000;
const idleTimeoutMs = 30_000;
const mostRetries = 10;

const checked = (tenantId: string): string => {
  if (!uuidForm.test(tenantId)) throw new Error('The tenant is not a UUID');
  return tenantId;
};

const transact = async <T>(
  pool: pg.Pool,
  options: DatabaseOptions,
  tenantId: string,
  work: Work<T>,
): Promise<T> => {
  for (let retry = 0; ; retry++) {
    try {
      return await once(pool, options, tenantId, work);
    } catch (error) {
      if (isAway(error)) throw unavailable(error);
      if (!isSerialisationFailure(error)) throw error;
      if (retry >= mostRetries) throw unavailable(error);
      options.onRetry?.();
      await delay(Math.random() * 2 ** Math.min(retry, 6));
    }
  }
};

/** The tenant is set for this transaction only: what a session sets would leak through a pooler to the next client. */
const preambleOf = (options: DatabaseOptions, tenantId: string): string =>
  [
    'BEGIN',
    ...(options.role ? [`SET LOCAL ROLE ${pg.escapeIdentifier(options.role)}`] : []),
    `SET LOCAL app.tenant = '${tenantId}'`,
    `SET LOCAL statement_timeout = ${options.statementTimeoutMs}`,
  ].join('; ');

const once = async <T>(
  pool: pg.Pool,
  options: DatabaseOptions,
  tenantId: string,
  work: Work<T>,
): Promise<T> => {
  const client = await pool.connect();
  const rewrite = options.rewrite ?? ((text) => text);
  const sent: Promise<unknown>[] = [];
  const send = <R>(answer: Promise<R>): Promise<R> => {
    answer.catch(() => {});
    sent.push(answer);
    return answer;
  };
  let committed: Promise<pg.QueryResult> | undefined;
  const commit = () => {
    committed ??= send(client.query('COMMIT'));
    return committed;
  };
  const sql: Sql = (text, values) => {
    if (committed) throw new Error('The transaction has ended already');
    sendTogether(client);
    const answer = client.query(statementOf(options, rewrite(text), values));
    return send(answer.then(({ rows }) => rows)) as Promise<never>;
  };
  let broken = false;
  try {
    sendTogether(client);
    send(client.query(preambleOf(options, tenantId)));
    const result = await work(sql, commit);
    await Promise.all(sent);
    const { command } = await commit();
    if (command !== 'COMMIT') throw new Error('The transaction was not committed');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {
      broken = true;
    });
    throw await firstFailure(sent, error);
  } finally {
    client.release(broken);
  }
};

const statementOf = (options: DatabaseOptions, text: string, values: unknown[] = []): pg.QueryConfig => {
  const name = options.prepare ? nameOf(text) : undefined;
  return name === undefined ? { text, values } : { name, text, values };
};

/** The name of a statement that is prepared; none for the many forms that lists take. */
const nameOf = (text: string): string | undefined => {
  const known = names.get(text);
  if (known !== undefined || names.size >= mostNames) return known;
  const name = `customary_${names.size}`;
  names.set(text, name);
  return name;
};

const names = new Map<string, string>();
const mostNames = 100;

/** Statements of one turn of the event loop leave in one write to the socket. */
const sendTogether = (client: pg.PoolClient): void => {
  const { stream } = (client as unknown as { connection: { stream: Writable } }).connection;
  if (stream.writableCorked > 0) return;
  stream.cork();
  process.nextTick(() => stream.uncork());
};

/** The answers of a pipeline come in order: the first failure is the cause, the later ones only follow from it. A wrong count is judged by who counted. */
const firstFailure = async (sent: Promise<unknown>[], otherwise: unknown): Promise<unknown> => {
  const failed = (await Promise.allSettled(sent)).find((one) => one.status === 'rejected');
  return failed && !isWrongCount(failed.reason) ? failed.reason : otherwise;
};
