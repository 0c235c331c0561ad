import type { Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { isAway, isSerialisationFailure, isWrongCount, unavailable } from './database-errors.ts';
import { statementOf } from './prepared-statement.ts';
import type { Sql } from './sql.ts';

/**
 * Runs `work` in a transaction of a tenant, or of none where its id is empty; retried when it could not be serialised. The
 * id becomes part of a statement: whoever calls has seen that it is a UUID. Throws Refusal `unavailable` when the database
 * is away or too busy, and what `work` throws.
 */
export const transact = async <T>(
  pool: pg.Pool,
  options: TransactionOptions,
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

/** How transactions are made. */
export interface TransactionOptions {
  statementTimeoutMs: number;
  /** Prepare statements once a connection. Only where no pooler stands between. */
  prepare: boolean;
  /** Takes on this role in every transaction, where the login itself is an owner or a superuser. */
  role: string | null;
  /** Tells of a transaction that was tried again. */
  onRetry?(): void;
  /** Rewrites every statement: the tests take the tenant condition out and see row-level security hold. */
  rewrite?(text: string): string;
}

/** Work inside a transaction; `commit` ends it together with the statements before. */
export type Work<T> = (sql: Sql, commit: () => Promise<unknown>) => Promise<T>;

const mostRetries = 10;

const once = async <T>(
  pool: pg.Pool,
  options: TransactionOptions,
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

/** The tenant is set for this transaction only: what a session sets would leak through a pooler to the next client. */
const preambleOf = (options: TransactionOptions, tenantId: string): string =>
  [
    'BEGIN',
    ...(options.role ? [`SET LOCAL ROLE ${pg.escapeIdentifier(options.role)}`] : []),
    `SET LOCAL app.tenant = '${tenantId}'`,
    `SET LOCAL statement_timeout = ${options.statementTimeoutMs}`,
  ].join('; ');

/** Statements of one turn of the event loop leave in one write to the socket. */
const sendTogether = (client: pg.PoolClient): void => {
  const { stream } = (client as unknown as { connection: { stream: Writable } }).connection;
  if (stream.writableCorked > 0) return;
  stream.cork();
  process.nextTick(() => stream.uncork());
};

/**
 * The answers of a pipeline come in order: the first failure is the cause, the later ones only follow from it. A wrong
 * count is judged by who counted.
 */
const firstFailure = async (sent: Promise<unknown>[], otherwise: unknown): Promise<unknown> => {
  const failed = (await Promise.allSettled(sent)).find((one) => one.status === 'rejected');
  return failed && !isWrongCount(failed.reason) ? failed.reason : otherwise;
};
