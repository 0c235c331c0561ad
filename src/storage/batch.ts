import pg from 'pg';

/** A statement of a batch. One with a name is prepared once a connection. */
export interface Statement {
  name: string | undefined;
  text: string;
  values: unknown[];
}

/**
 * Sends statements in one go and has them answered in one go: one Sync stands at their end, where the driver's own
 * pipeline sets one after each, at which PostgreSQL sends what it has and wakes the service. When one fails, those
 * before it have their results, and it and those after it the failure: PostgreSQL skips them up to the Sync.
 * PostgreSQL, Frontend/Backend Protocol, "Pipelining".
 */
export const runBatch = (
  client: pg.ClientBase,
  statements: readonly Statement[],
): Promise<PromiseSettledResult<pg.QueryResult>[]> =>
  new Promise((resolve) => {
    client.query(new Batch(statements, resolve));
  });

/** What the driver's query does with the messages of its one statement. */
type Query = pg.Query & {
  name: string | undefined;
  text: string;
  values: unknown[] | undefined;
  prepare(connection: WithoutSync): void;
  handleRowDescription(message: unknown): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, connection: Connection): void;
  handleReadyForQuery(connection: Connection): void;
  handleError(error: unknown, connection: Connection): void;
  callback: (error: unknown, result?: pg.QueryResult) => void;
};

/** The driver's connection, which notes what it has prepared. */
type Connection = pg.Connection & {
  parsedStatements: Record<string, string | undefined>;
  submittedNamedStatements: Record<string, string | undefined>;
  sync(): void;
};

/** As the driver's client knows queries: the messages go to the query whose turn it is. */
class Batch implements pg.Submittable {
  /** The client's, which it replaces to end the wait for an answer. */
  callback: (reason?: unknown) => void;
  readonly #queries: Query[];
  readonly #results: (PromiseSettledResult<pg.QueryResult> | undefined)[];
  #answered = 0;

  constructor(
    statements: readonly Statement[],
    ended: (results: PromiseSettledResult<pg.QueryResult>[]) => void,
  ) {
    this.#results = new Array(statements.length).fill(undefined);
    this.#queries = statements.map((statement, index) => this.#queryOf(statement, index));
    this.callback = (reason) =>
      ended(this.#results.map((result) => result ?? { status: 'rejected', reason }));
  }

  /** The client asks under which name, and with which text, the statement was prepared whose turn it is. */
  get name(): string {
    return this.#turn?.name ?? '';
  }

  get text(): string {
    return this.#turn?.text ?? '';
  }

  submit(given: pg.Connection): void {
    const connection = given as Connection;
    const withoutSync = new WithoutSync(connection);
    connection.stream.cork();
    for (const [index, query] of this.#queries.entries()) {
      query.prepare(withoutSync);
      // What was sent is not held until the answer comes: the collector would copy it again and again.
      query.values = undefined;
      // Values that can't be sent: nothing after them may be done, least of all the end of the transaction.
      if (this.#results[index]) break;
    }
    connection.sync();
    connection.stream.uncork();
  }

  handleRowDescription(message: unknown): void {
    this.#turn?.handleRowDescription(message);
  }

  handleDataRow(message: unknown): void {
    this.#turn?.handleDataRow(message);
  }

  handleCommandComplete(message: unknown, connection: Connection): void {
    this.#turn?.handleCommandComplete(message, connection);
    // The driver's query calls back with its result, or with what a parser of its rows threw.
    this.#turn?.handleReadyForQuery(connection);
    this.#answered++;
  }

  handleReadyForQuery(): void {
    this.callback(this.#results.find((result) => result?.status === 'rejected')?.reason);
  }

  handleError(reason: unknown, connection: Connection): void {
    // What comes after the failure was not prepared either.
    for (const { name } of this.#queries.slice(this.#answered)) {
      if (name !== undefined) delete connection.submittedNamedStatements[name];
    }
    this.callback(reason);
  }

  get #turn(): Query | undefined {
    return this.#queries[this.#answered];
  }

  #queryOf({ name, text, values }: Statement, index: number): Query {
    const query = new pg.Query(text, values) as Query;
    query.name = name;
    query.callback = (reason, value) => {
      this.#results[index] = value ? { status: 'fulfilled', value } : { status: 'rejected', reason };
    };
    return query;
  }
}

/** What a query needs to be sent, but for the Sync that it ends with. */
class WithoutSync {
  readonly #connection: Connection;
  readonly parsedStatements: Record<string, string | undefined>;
  readonly submittedNamedStatements: Record<string, string | undefined>;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.parsedStatements = connection.parsedStatements;
    this.submittedNamedStatements = connection.submittedNamedStatements;
  }

  parse(query: unknown) {
    this.#connection.parse(query as never, true);
  }

  bind(values: unknown) {
    this.#connection.bind(values as never, true);
  }

  describe(portal: unknown) {
    this.#connection.describe(portal as never, true);
  }

  execute(portal: unknown) {
    this.#connection.execute(portal as never, true);
  }

  close(statement: unknown) {
    this.#connection.close(statement as never, true);
  }

  sync() {}
}
