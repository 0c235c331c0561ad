import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { OperatorError } from '../../errors.ts';
import { isBackedUp, readTables } from './catalog.ts';
import type { Manifest, TableShape } from './form.ts';
import { type BackupItem, readBackupFile, type VerifiedBackup } from './read-file.ts';
import { asUnboundOwner } from './row-security.ts';

/**
 * Loads all rows of a backup into the tables that `makeSchema` made, in the same transaction, in bounded memory. The file
 * is judged again on the way. Throws OperatorError when its tables are others.
 */
export const loadParts = async (client: pg.Client, { path, manifest }: VerifiedBackup): Promise<void> => {
  const tables = (await readTables(client)).filter(isBackedUp);
  refuseOtherTables(manifest, tables);
  await asUnboundOwner(
    client,
    tables.map(({ name }) => name),
    () => loadAll(client, path, manifest),
  );
};

const loadAll = async (client: pg.Client, path: string, { tables }: Manifest): Promise<void> => {
  const items = readBackupFile(path);
  for (let item = await items.next(); !item.done; item = await items.next()) {
    if (item.value.is !== 'part') continue;
    const { table } = item.value.head;
    const shape = tables.find(({ name }) => name === table);
    if (!shape) throw otherTables(table);
    await loadPart(client, shape, items);
  }
  for (const { name } of tables) await client.query(`ANALYZE ${pg.escapeIdentifier(name)}`);
};

const loadPart = async (
  client: pg.Client,
  { name, columns }: TableShape,
  items: AsyncGenerator<BackupItem, void>,
): Promise<void> => {
  const names = columns.map((column) => pg.escapeIdentifier(column.name)).join(', ');
  const stream = client.query(
    copyFrom(`COPY ${pg.escapeIdentifier(name)} (${names}) FROM STDIN (FORMAT binary)`),
  );
  let said = 0;
  async function* content(): AsyncGenerator<Buffer> {
    for (let item = await items.next(); !item.done; item = await items.next()) {
      if (item.value.is === 'content') yield item.value.content;
      if (item.value.is === 'end') {
        said = item.value.rows;
        return;
      }
    }
  }
  await pipeline(Readable.from(content(), { objectMode: true, highWaterMark: 1 }), stream);
  if (stream.rowCount !== said) throw new Error(`${name} got another number of rows than the backup has`);
};

const refuseOtherTables = (manifest: Manifest, tables: TableShape[]): void => {
  const names = new Set([...manifest.tables, ...tables].map(({ name }) => name));
  for (const name of names) {
    if (shapeIn(manifest.tables, name) !== shapeIn(tables, name)) throw otherTables(name);
  }
};

/** A table's columns in any order, since migrations may have come in another one. */
const shapeIn = (tables: TableShape[], table: string): string | undefined =>
  tables
    .find(({ name }) => name === table)
    ?.columns.map(({ name, type }) => `${name} ${type}`)
    .sort()
    .join(', ');

const otherTables = (name: string): OperatorError =>
  new OperatorError(
    `The backup's table ${name} is another one than this program makes. It was made from a database that was changed by hand.`,
  );
