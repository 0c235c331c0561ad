import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { OperatorError } from '../../errors.ts';
import { packageVersion } from '../../package-root.ts';
import { readMigrations } from '../migrate.ts';
import { isBackedUp, readApplied, readTables } from './catalog.ts';
import type { Manifest, TableShape } from './form.ts';
import { type Part, refuseExisting, writeBackupFile } from './write-file.ts';

/** What a backup holds. */
interface BackupSummary {
  takenAt: string;
  /** How many rows of each table. */
  rows: Record<string, number>;
  /** The size of the file. */
  bytes: number;
}

/**
 * Writes a backup of all tenants as they are at one moment, while services read and write. It needs the login that owns the
 * tables, takes one connection and one transaction that only reads, and changes nothing, the schema included. Throws
 * OperatorError when there is no database of ours, when it is newer than the program, when a migration ran meanwhile, or when
 * the file can't be written.
 */
export const writeBackup = async (connection: pg.ClientConfig, path: string): Promise<BackupSummary> => {
  await refuseExisting(path);
  const client = new pg.Client({ ...connection, application_name: 'customary backup' });
  client.on('error', () => {});
  await client.connect();
  try {
    return await backUp(client, path);
  } finally {
    await client.end().catch(() => {});
  }
};

const backUp = async (client: pg.Client, path: string): Promise<BackupSummary> => {
  // Asked outside of the transaction: services that start look at the list too, and must not wait for its end.
  const migrations = await readApplied(client);
  if (migrations.length === 0) {
    throw new OperatorError('There is nothing to back up: this database was never used by Customary.');
  }
  await refuseNewer(migrations);
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = 0');
  const manifest = await readManifest(client, migrations);
  const rows: Record<string, number> = {};
  const bytes = await writeBackupFile(path, manifest, partsOf(client, manifest.tables, rows, migrations));
  return { takenAt: manifest.takenAt, rows, bytes };
};

/** A table of a later migration would be forgotten. */
const refuseNewer = async (migrations: Manifest['migrations']): Promise<void> => {
  const known = new Set((await readMigrations()).map(({ version }) => version));
  const newer = migrations.find(({ version }) => !known.has(version));
  if (newer) {
    throw new OperatorError(
      `The database is newer than this program: it has migration ${newer.name}. Use a newer release of Customary.`,
    );
  }
};

const readManifest = async (client: pg.Client, migrations: Manifest['migrations']): Promise<Manifest> => {
  const { rows } = await client.query<{ takenAt: Date; server: string }>(
    `SELECT now() AS "takenAt", current_setting('server_version') AS server`,
  );
  const [at] = rows as [{ takenAt: Date; server: string }];
  const tables = (await readTables(client)).filter(isBackedUp);
  return {
    program: packageVersion(),
    server: at.server,
    takenAt: at.takenAt.toISOString(),
    migrations,
    tables,
  };
};

/** The rows tenant by tenant, as row-level security wants it; adds up how many there are. */
async function* partsOf(
  client: pg.Client,
  tables: TableShape[],
  rows: Record<string, number>,
  migrations: Manifest['migrations'],
): AsyncGenerator<Part> {
  const tenants = await client.query<{ id: string }>('SELECT tenant_id AS id FROM tenant ORDER BY tenant_id');
  for (const { name } of tables) rows[name] = 0;
  for (const { id } of tenants.rows) {
    await client.query(`SET LOCAL app.tenant = ${pg.escapeLiteral(id)}`);
    for (const table of tables) yield partOf(client, table, id, rows);
  }
  await client.query('COMMIT');
  if (JSON.stringify(await readApplied(client)) === JSON.stringify(migrations)) return;
  throw new OperatorError('The database was migrated meanwhile. Make the backup again.');
}

const partOf = (
  client: pg.Client,
  table: TableShape,
  tenantId: string,
  rows: Record<string, number>,
): Part => {
  const columns = table.columns.map(({ name }) => pg.escapeIdentifier(name)).join(', ');
  const stream = copyTo(
    `COPY (SELECT ${columns} FROM ${pg.escapeIdentifier(table.name)} WHERE tenant_id = ${pg.escapeLiteral(tenantId)})
     TO STDOUT (FORMAT binary)`,
  );
  return {
    table: table.name,
    tenantId,
    content: client.query(stream),
    async rows() {
      // The count comes behind the rows, before the answer to whatever is asked next.
      await client.query('SELECT 1');
      rows[table.name] = (rows[table.name] ?? 0) + stream.rowCount;
      return stream.rowCount;
    },
  };
};
