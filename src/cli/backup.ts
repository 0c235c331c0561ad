import { resolve } from 'node:path';
import type { Command } from 'commander';
import { writeBackup } from '../storage/backup/write-backup.ts';
import { refuseExisting } from '../storage/backup/write-file.ts';
import { type OutputOptions, print, table, withJson } from './output.ts';
import { withOwner } from './session.ts';

/** `customary backup`: all tenants as they are at one moment, in one file. */
export const addBackup = (program: Command): void => {
  withJson(program.command('backup'))
    .description('write all tenants into one file, while the service serves; keys and erasure ledger apart')
    .argument('<file>', 'a new file; it gets its name when it is whole')
    .action(backup);
};

const backup = async (file: string, options: OutputOptions): Promise<void> => {
  const path = resolve(file);
  await refuseExisting(path);
  const begun = performance.now();
  const summary = await withOwner((url) => writeBackup({ connectionString: url }, path), { alone: false });
  const result = { file: path, ...summary, seconds: secondsSince(begun) };
  print(
    options,
    result,
    ({ rows, bytes, takenAt, seconds }) =>
      `${rowTable(rows)}\n${path}: ${bytes} bytes in ${seconds} s, as of ${takenAt}.`,
  );
};

/** How long it took, in seconds with one digit. */
export const secondsSince = (begun: number): number => Math.round((performance.now() - begun) / 100) / 10;

/** Rows by table, for a person. */
export const rowTable = (rows: Record<string, number>): string =>
  table(['TABLE', 'ROWS'], Object.entries(rows), 'There is no table.');
