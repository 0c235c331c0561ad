import type pg from 'pg';
import { readMigrations } from '../migrate.ts';
import type { Manifest, TableShape } from './form.ts';

/**
 * The tables that hold what belongs to tenants, as the database's catalog has them: those with a tenant that a migration of
 * this program makes. Whatever else lies in the database is not ours, whatever columns it has.
 */
export const readTables = async (client: pg.Client): Promise<TableShape[]> => {
  const made = (await readMigrations()).flatMap(({ text }) => [...text.matchAll(/^CREATE TABLE (\w+)/gm)]);
  const { rows } = await client.query<TableShape>(
    `SELECT c.relname AS name, json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod))
       ORDER BY a.attnum) AS columns
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
     WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') AND NOT c.relispartition
       AND EXISTS (SELECT 1 FROM pg_attribute t WHERE t.attrelid = c.oid AND t.attname = 'tenant_id' AND t.attnum > 0
         AND NOT t.attisdropped) AND c.relname = ANY($1)
     GROUP BY c.relname ORDER BY c.relname`,
    [made.map(([, name]) => name)],
  );
  return rows;
};

/** Whether a table goes into a backup. A session that ended since must not live again, so no session does. */
export const isBackedUp = ({ name }: TableShape): boolean => name !== 'session';

/** The migrations that were applied, the oldest first; none when there is no such list. */
export const readApplied = async (client: pg.Client): Promise<Manifest['migrations']> => {
  const there = await client.query(`SELECT 1 FROM pg_class WHERE oid = to_regclass('schema_migration')`);
  if (there.rowCount === 0) return [];
  const { rows } = await client.query<Manifest['migrations'][number]>(
    'SELECT version, name, checksum FROM schema_migration ORDER BY version',
  );
  return rows;
};
