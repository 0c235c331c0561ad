import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

/** A database of a test's own, on the real server, as its superuser sees it. */
export interface TestDatabase {
  url: string;
  /** Runs one statement past row-level security. */
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  drop(): Promise<void>;
}

/** Makes a database, migrated unless `empty`. */
export const createTestDatabase = async (options: { empty?: boolean } = {}): Promise<TestDatabase> => {
  const serverUrl = inject('serverUrl');
  const name = `customary_test_${randomBytes(6).toString('hex')}`;
  const url = serverUrl.replace('DATABASE', name);
  const admin = serverUrl.replace('DATABASE', 'postgres');
  const template = options.empty ? '' : ` TEMPLATE ${inject('templateDatabase')} STRATEGY FILE_COPY`;
  await once(admin, `CREATE DATABASE ${name}${template}`);
  const pool = new pg.Pool({ connectionString: url, max: 3 });
  pool.on('error', () => {});
  return {
    url,
    query: async (text, values) => (await pool.query(text, values)).rows as never,
    async drop() {
      await pool.end();
      await once(admin, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
};

const once = async (url: string, text: string): Promise<void> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(text).finally(() => client.end());
};
