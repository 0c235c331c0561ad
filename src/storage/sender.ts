import pg from 'pg';
import { runBatch, type Statement } from './batch.ts';

/** Sends the statements of one transaction. */
export interface Sender {
  /** Sends a statement along with all others of this turn of the event loop, in their order. */
  send(statement: Statement): Promise<pg.QueryResult>;
  /**
   * Ends the transaction without its changes; what was not sent yet fails with `reason`. False when the connection is
   * of no use any more.
   */
  rollBack(reason: unknown): Promise<boolean>;
}

/** Makes the sender of a transaction, of which `first` is sent along with the first statements, once there are any. */
export const createSender = (client: pg.ClientBase, first: readonly Statement[]): Sender => {
  let statements = [...first];
  let callers: Caller[] = first.map(() => ({ resolve: () => {}, reject: () => {} }));
  let underWay: Promise<void> | undefined;
  let begun = false;
  let broken = false;
  /** Of the statements nothing is held until they are answered. */
  const sendAll = (): Promise<void> => {
    const [asked, results] = [callers, runBatch(client, statements)];
    [statements, callers, begun] = [[], [], true];
    return results.then((settled) => {
      broken ||= settled.some((result) => result.status === 'rejected' && !isAnswer(result.reason));
      settle(asked, settled);
      underWay = statements.length > 0 ? sendAll() : undefined;
      return underWay;
    });
  };
  return {
    send: (statement) =>
      new Promise((resolve, reject) => {
        statements.push(statement);
        callers.push({ resolve, reject });
        underWay ??= endOfTurn().then(sendAll);
      }),
    async rollBack(reason) {
      for (const { reject } of callers) reject(reason);
      [statements, callers] = [[], []];
      await underWay;
      if (broken || !begun) return !broken;
      return client.query('ROLLBACK').then(
        () => true,
        () => false,
      );
    },
  };
};

/** Who waits for the result of a statement. */
interface Caller {
  resolve(result: pg.QueryResult): void;
  reject(reason: unknown): void;
}

const settle = (callers: Caller[], results: PromiseSettledResult<pg.QueryResult>[]): void => {
  for (const [index, { resolve, reject }] of callers.entries()) {
    const result = results[index];
    if (result?.status === 'fulfilled') resolve(result.value);
    else reject(result?.reason);
  }
};

/** Whether PostgreSQL answered with a failure; the connection goes on then. */
const isAnswer = (reason: unknown): boolean => reason instanceof pg.DatabaseError;

const endOfTurn = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));
