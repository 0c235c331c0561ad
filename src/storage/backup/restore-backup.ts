import pg from 'pg';
import { OperatorError } from '../../errors.ts';
import type { LedgerEntry } from '../../privacy/erasure-ledger.ts';
import { migrateIn, prepareMigrations, readMigrations } from '../migrate.ts';
import type { Sql } from '../sql.ts';
import type { Manifest } from './form.ts';
import { loadParts } from './load-parts.ts';
import { makeSchema } from './make-schema.ts';
import type { VerifiedBackup } from './read-file.ts';
import { replayLedger } from './replay-ledger.ts';

/** How a backup is restored. */
export interface RestoreOptions {
  /** The erasures that were carried out, those of before the backup included. */
  ledger: LedgerEntry[];
  /** Whether webhooks are still told of what waited for them in the moment of the backup. */
  keepWaiting: boolean;
  /** Makes a new id (UUIDv7). */
  newId(): string;
  /** The last word before all of it can be read, inside the transaction: nothing is kept when it throws. */
  judge(sql: Sql, tenants: string[]): Promise<void>;
}

/** What a restore did. */
export interface RestoreSummary {
  rows: Record<string, number>;
  /** The migrations of this program that the backup did not know. */
  migrations: string[];
  /** How many customers the ledger erased that the backup still held. */
  erased: number;
}

/**
 * Loads a backup into a database without tenants, erases again what the ledger names, and brings it to the program's
 * version. One transaction as the owner of the tables: all of it, or nothing. Throws OperatorError when the database has
 * tenants, or when it or the backup is newer than the program.
 */
export const restoreBackup = async (
  connection: pg.ClientConfig,
  backup: VerifiedBackup,
  options: RestoreOptions,
): Promise<RestoreSummary> => {
  await refuseOtherProgram(backup.manifest);
  const client = new pg.Client({ ...connection, application_name: 'customary restore' });
  client.on('error', () => {});
  await client.connect();
  try {
    await prepareMigrations(client);
    await client.query('BEGIN; SET LOCAL statement_timeout = 0');
    const summary = await restoreIn(client, backup, options);
    await client.query('COMMIT');
    return summary;
  } finally {
    // Ending the connection ends a transaction that was not committed.
    await client.end().catch(() => {});
  }
};

const restoreIn = async (
  client: pg.Client,
  backup: VerifiedBackup,
  options: RestoreOptions,
): Promise<RestoreSummary> => {
  const sql: Sql = async (text, values) => (await client.query(text, values)).rows as never;
  await makeSchema(client, backup.manifest);
  await loadParts(client, backup);
  const migrations = await migrateIn(client);
  const tenants = await sql<{ id: string }>('SELECT tenant_id AS id FROM tenant ORDER BY tenant_id');
  const ids = tenants.map(({ id }) => id);
  if (!options.keepWaiting) await dropWaiting(sql, ids);
  const erased = await replayLedger(sql, options.ledger, options.newId);
  await options.judge(sql, ids);
  return { rows: backup.rows, migrations, erased };
};

/** A backup that this program can't bring to its own version is refused before anything is touched. */
const refuseOtherProgram = async ({ migrations, program }: Manifest): Promise<void> => {
  const known = await readMigrations();
  for (const done of migrations) {
    const own = known.find(({ version }) => version === done.version);
    if (own?.checksum === done.checksum) continue;
    throw new OperatorError(
      own
        ? `The backup was made by a program whose migration ${own.name} has another text (${program}). Use that release, or later.`
        : `The backup is newer than this program: it has another migration. Use Customary ${program} or later.`,
    );
  }
};

/**
 * What waited to be told was told since, or never will be in this order: the original went on, and its subscribers know
 * more than this database. They are to read anew. That a customer was erased is told rather twice than never (GDPR Art. 19).
 */
const dropWaiting = async (sql: Sql, tenantIds: string[]): Promise<void> => {
  for (const tenantId of tenantIds) {
    await sql(`SET LOCAL app.tenant = ${pg.escapeLiteral(tenantId)}`);
    for (const table of ['outbox', 'webhook_delivery']) {
      await sql(`DELETE FROM ${table} WHERE tenant_id = $1 AND type <> 'customer.erased'`, [tenantId]);
    }
  }
};
