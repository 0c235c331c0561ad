import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { afterAll } from 'vitest';
import type { LedgerEntry } from '../../src/privacy/erasure-ledger.ts';
import { readBackupFile, verifyBackup } from '../../src/storage/backup/read-file.ts';
import {
  type RestoreOptions,
  type RestoreSummary,
  restoreBackup,
} from '../../src/storage/backup/restore-backup.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

/** A directory for the backups of a test file. Called before its tests. */
export const backupDirectory = async (): Promise<string> => {
  const path = await mkdtemp(join(tmpdir(), 'customary-backup-'));
  afterAll(() => rm(path, { recursive: true, force: true }));
  return path;
};

/** Restores a backup into a database of its own, which was never used. */
export const restored = async (
  path: string,
  options: Partial<RestoreOptions> = {},
): Promise<{ database: TestDatabase; summary: RestoreSummary }> => {
  const database = await createTestDatabase({ empty: true });
  const summary = await restoreInto(database, path, options);
  return { database, summary };
};

/** Restores a backup into this database. */
export const restoreInto = async (
  database: TestDatabase,
  path: string,
  options: Partial<RestoreOptions> = {},
): Promise<RestoreSummary> =>
  restoreBackup({ connectionString: database.url }, await verifyBackup(path), {
    ledger: [],
    keepWaiting: false,
    newId: uuidv7,
    judge: async () => {},
    ...options,
  });

/** All that a backup holds of rows, as bytes. */
export const contentOf = async (path: string): Promise<Buffer> => {
  const pieces: Buffer[] = [];
  for await (const item of readBackupFile(path)) if (item.is === 'content') pieces.push(item.content);
  return Buffer.concat(pieces);
};

/** A ledger's entry of a customer. */
export const entryOf = (tenantId: string, customerId: string, number = 1001): LedgerEntry => ({
  tenantId,
  customerId,
  number,
  erasedAt: new Date().toISOString(),
  certificate: '0'.repeat(64),
});
