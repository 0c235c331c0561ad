/** Runs one statement inside a transaction. Statements may be sent without awaiting the former: they are pipelined. */
export type Sql = <Row = Record<string, unknown>>(text: string, values?: unknown[]) => Promise<Row[]>;

/** Work on the database: each piece is one transaction, of one tenant or of none. */
export interface Transactions {
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
}
