import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import pg from 'pg';
import { OperatorError } from '../errors.ts';
import { packageFile } from '../package-root.ts';

/** The role in which the service works: it owns nothing and can't pass row-level security. */
export const applicationRole = 'customary_app';

const directory = packageFile('migrations/');

/** One step of the schema: its number, and the text with its SHA-256. */
interface Migration {
  version: number;
  name: string;
  text: string;
  checksum: string;
}

/**
 * Brings the database to the program's version: numbered SQL, forward only, all or nothing. Two that start at once
 * wait for each other. Throws OperatorError when the database is newer than the program, or was migrated by another
 * text. Gives the names of the migrations that were applied.
 */
export const migrate = async (connection: pg.ClientConfig): Promise<string[]> => {
  const client = new pg.Client(connection);
  client.on('error', () => {});
  await client.connect();
  try {
    await prepareMigrations(client);
    await client.query('BEGIN');
    const applied = await migrateIn(client);
    await client.query('COMMIT');
    return applied;
  } finally {
    await client.end();
  }
};

/** Makes what migrations need before the first of them, outside of any transaction. Throws OperatorError. */
export const prepareMigrations = async (client: pg.Client): Promise<void> => {
  await refuseOldServer(client);
  await prepare(client);
};

/**
 * Applies what is pending inside a transaction of the caller's, which then has the list of migrations to itself; those
 * alone that `wanted` names, where a restore makes the schema of an older release. Throws OperatorError.
 */
export const migrateIn = async (
  client: pg.Client,
  wanted: (version: number) => boolean = () => true,
): Promise<string[]> => {
  await client.query('LOCK TABLE schema_migration IN ACCESS EXCLUSIVE MODE');
  const applied = (await pending(client, await readMigrations())).filter(({ version }) => wanted(version));
  for (const migration of applied) {
    await client.query(migration.text).catch((error: unknown) => {
      throw explainForeign(error);
    });
    await client.query(
      'INSERT INTO schema_migration (version, name, checksum, applied_at) VALUES ($1, $2, $3, now())',
      [migration.version, migration.name, migration.checksum],
    );
  }
  return applied.map((migration) => migration.name);
};

/** A table or type of the same name was there before the first migration, so the database is another program's. */
const explainForeign = (error: unknown): unknown => {
  const { code, message } = error as Error & { code?: string };
  if (code !== '42P07' && code !== '42710') return error;
  return new OperatorError(
    `The database holds what Customary did not make: ${message}. Give Customary a database of its own.`,
    { cause: error },
  );
};

/** All migrations of this program, the oldest first. */
export const readMigrations = async (): Promise<Migration[]> => {
  const names = (await readdir(directory)).filter((name) => /^\d{4}-.*\.sql$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(new URL(name, directory), 'utf8');
      const checksum = createHash('sha256').update(text).digest('hex');
      return { version: Number(name.slice(0, 4)), name, text, checksum };
    }),
  );
};

const oldestServer = 150_000;

const refuseOldServer = async (client: pg.Client): Promise<void> => {
  const { rows } = await client.query<{ version: number }>(
    `SELECT current_setting('server_version_num')::int AS version`,
  );
  if ((rows[0]?.version ?? 0) < oldestServer) {
    throw new OperatorError('The database server is older than PostgreSQL 15. Use 15 or later.');
  }
};

/** Makes the role and the list of migrations; both may be made by another starter in the same moment. */
const prepare = async (client: pg.Client): Promise<void> => {
  const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [applicationRole]);
  if (rowCount === 0) {
    await makeRole(client).catch((cause) => {
      const advice = `Run this once as an administrator: CREATE ROLE ${applicationRole} NOLOGIN; GRANT ${applicationRole} TO the login role.`;
      throw new OperatorError(
        `The database role ${applicationRole} is missing and could not be made. ${advice}`,
        { cause },
      );
    });
  }
  await madeOnce(
    client,
    `CREATE TABLE IF NOT EXISTS schema_migration (
       version integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, applied_at timestamptz NOT NULL)`,
  );
};

/** The maker of a role may not take it on by that alone (PostgreSQL 16 and later). */
const makeRole = async (client: pg.Client): Promise<void> => {
  await madeOnce(client, `CREATE ROLE ${applicationRole} NOLOGIN`);
  await madeOnce(client, `GRANT ${applicationRole} TO CURRENT_USER`);
};

/** What PostgreSQL says when two make the same thing at once. */
const twinCodes = new Set(['23505', '42710', '42P07', 'XX000']);

const madeOnce = async (client: pg.Client, text: string): Promise<void> => {
  await client.query(text).catch((error: unknown) => {
    if (!twinCodes.has((error as { code?: string }).code ?? '')) throw error;
  });
};

const pending = async (client: pg.Client, migrations: Migration[]): Promise<Migration[]> => {
  const { rows } = await client.query<{ version: number; name: string; checksum: string }>(
    'SELECT version, name, checksum FROM schema_migration ORDER BY version',
  );
  for (const done of rows) {
    const known = migrations.find((migration) => migration.version === done.version);
    if (!known) {
      throw new OperatorError(
        `The database is newer than this program: it has migration ${done.name}. Use a newer release of Customary.`,
      );
    }
    if (known.checksum !== done.checksum) {
      throw new OperatorError(
        `Migration ${done.name} was applied with another text. Use the release that applied it, or later.`,
      );
    }
  }
  return migrations.filter((migration) => !rows.some((done) => done.version === migration.version));
};
