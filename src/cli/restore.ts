import { resolve } from 'node:path';
import type { Command } from 'commander';
import { v7 as uuidv7 } from 'uuid';
import type { Config } from '../config.ts';
import { checkKeys } from '../storage/backup/check-keys.ts';
import { keepInLedger, type Ledger, readLedgers } from '../storage/backup/ledgers.ts';
import { type VerifiedBackup, verifyBackup } from '../storage/backup/read-file.ts';
import { type RestoreSummary, restoreBackup } from '../storage/backup/restore-backup.ts';
import { erasureLedgerOf, openKeySource } from '../storage/open-key-source.ts';
import { rowTable, secondsSince } from './backup.ts';
import { type OutputOptions, print, withJson } from './output.ts';
import { withOwner } from './session.ts';

/** `customary restore`: a backup into an empty database, without those who were erased since. */
export const addRestore = (program: Command): void => {
  withJson(program.command('restore'))
    .description('load a backup into an empty database, and erase again who was erased since')
    .argument('<file>', 'what customary backup wrote')
    .option(
      '--ledger <file>',
      'an erasure ledger beside the configured one; may be said more than once',
      (file: string, files: string[]) => [...files, file],
      [],
    )
    .option('--keep-waiting', 'still tell webhooks what waited for them: when the original tells it no more')
    .option('--without-keys', 'do not ask for the source key, without which nothing personal can be read')
    .option('--check', 'read the file alone, and say whether it is whole')
    .action(restore);
};

interface RestoreOptions extends OutputOptions {
  ledger: string[];
  keepWaiting?: boolean;
  withoutKeys?: boolean;
  check?: boolean;
}

const restore = async (file: string, options: RestoreOptions): Promise<void> => {
  const begun = performance.now();
  const backup = await verifyBackup(resolve(file));
  if (options.check) return tellOf(backup, options);
  const { config, summary, ledgers } = await withOwner((url, config) => load(url, config, backup, options), {
    alone: true,
  });
  warn(config, ledgers, options);
  const result = {
    ...aboutOf(backup),
    ...summary,
    ledgers: ledgers.map(({ path, entries }) => ({ path, entries: entries.length })),
    keysChecked: !options.withoutKeys,
    seconds: secondsSince(begun),
  };
  print(options, result, ({ rows, takenAt, erased, migrations, seconds }) =>
    [
      rowTable(rows),
      `Restored in ${seconds} s, as of ${takenAt}. ${erased} customers who were erased since are erased again.`,
      ...(migrations.length > 0 ? [`Applied: ${migrations.join(', ')}`] : []),
    ].join('\n'),
  );
};

const load = async (
  url: string,
  config: Config,
  backup: VerifiedBackup,
  options: RestoreOptions,
): Promise<{ config: Config; summary: RestoreSummary; ledgers: Ledger[] }> => {
  const own = erasureLedgerOf(config);
  const ledgers = await readLedgers(own, options.ledger);
  const summary = await restoreBackup({ connectionString: url }, backup, {
    ledger: ledgers.flatMap(({ entries }) => entries),
    keepWaiting: options.keepWaiting === true,
    newId: uuidv7,
    async judge(sql, tenants) {
      const source = async () => (await openKeySource(config, false)).source;
      if (!options.withoutKeys) await checkKeys(sql, tenants, source);
      // The next restore has the configured one alone.
      await keepInLedger(own, ledgers);
    },
  });
  return { config, summary, ledgers };
};

const aboutOf = ({ path, manifest, rows, bytes }: VerifiedBackup) => ({
  file: path,
  takenAt: manifest.takenAt,
  program: manifest.program,
  server: manifest.server,
  rows,
  bytes,
});

const tellOf = (backup: VerifiedBackup, options: OutputOptions): void =>
  print(
    options,
    aboutOf(backup),
    ({ rows, bytes, program, takenAt }) =>
      `${rowTable(rows)}\n${backup.path} is whole: ${bytes} bytes, written by Customary ${program}, as of ${takenAt}.`,
  );

const warn = (config: Config, ledgers: Ledger[], { withoutKeys }: RestoreOptions): void => {
  if (ledgers.every(({ entries }) => entries.length === 0)) {
    tell(
      `no erasure is in ${erasureLedgerOf(config)}. If customers were erased since the backup, name the ledger that has ` +
        'them (--ledger) in another restore before the service starts.',
    );
  }
  if (withoutKeys) tell('the source key was not tried. The service starts with the one of that time alone.');
};

const tell = (sentence: string): void => {
  process.stderr.write(`customary: ${sentence}\n`);
};
