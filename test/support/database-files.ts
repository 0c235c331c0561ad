import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestDatabase } from './database.ts';

/** Every file of this database, and the write-ahead log. */
export const filesOfDatabase = async (database: TestDatabase): Promise<string[]> => {
  await database.query('CHECKPOINT');
  const [place] = await database.query<{ directory: string; oid: string }>(
    `SELECT current_setting('data_directory') AS directory, oid::text FROM pg_database WHERE datname = current_database()`,
  );
  const { directory, oid } = place as { directory: string; oid: string };
  const folders = [join(directory, 'base', oid), join(directory, 'pg_wal')];
  const names = await Promise.all(
    folders.map(async (folder) =>
      (await readdir(folder, { withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map(({ name }) => join(folder, name)),
    ),
  );
  return names.flat();
};

/** Those of them that hold a text. */
export const filesWith = async (database: TestDatabase, mark: string): Promise<string[]> => {
  const found: string[] = [];
  for (const file of await filesOfDatabase(database)) {
    const bytes = await readFile(file).catch(() => Buffer.alloc(0));
    if (bytes.includes(mark)) found.push(file);
  }
  return found;
};
