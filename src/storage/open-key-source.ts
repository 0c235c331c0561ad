import { dirname, join } from 'node:path';
import type { Config } from '../config.ts';
import { OperatorError } from '../errors.ts';
import { heldKeySource, readSourceKeys, type SourceKeys } from '../privacy/held-key-source.ts';
import { commandKeySource, commandSource } from '../privacy/key-command.ts';
import { makeKeyFile, readKeyFile } from '../privacy/key-file.ts';
import type { KeySource } from '../privacy/key-source.ts';

/** The settings that say where the source keys come from. */
type KeySettings = Pick<
  Config,
  'DATA_DIR' | 'KEY_FILE' | 'SOURCE_KEY' | 'KEY_COMMAND' | 'KEY_COMMAND_TIMEOUT_MS'
>;

/** Where the key file lies: beside the embedded database unless a setting says another place. */
export const keyFileOf = (config: KeySettings): string =>
  config.KEY_FILE ?? join(config.DATA_DIR, 'keys', 'source.key');

/**
 * Where the erasure ledger lies: beside the key file unless a setting says another place, since it must be in no backup of
 * the database that it is replayed on.
 */
export const erasureLedgerOf = (config: KeySettings & Pick<Config, 'ERASURE_LEDGER'>): string =>
  config.ERASURE_LEDGER ?? join(dirname(keyFileOf(config)), 'erasures.ledger');

/**
 * Opens the source of the settings: KEY_COMMAND, else SOURCE_KEY, else the key file. What is configured beside it still
 * unwraps, so that one can take the place of another. The first start of a database makes the key file; `isNew` says that
 * nothing was wrapped yet. `made` is its path when it was made now. Throws OperatorError.
 */
export const openKeySource = async (
  config: KeySettings,
  isNew: boolean,
): Promise<{ source: KeySource; made: string | null }> => {
  const path = keyFileOf(config);
  const command = config.KEY_COMMAND
    ? commandKeySource(config.KEY_COMMAND, config.KEY_COMMAND_TIMEOUT_MS)
    : null;
  const read = async (): Promise<SourceKeys> => [
    ...(config.SOURCE_KEY ? readSourceKeys(config.SOURCE_KEY, 'SOURCE_KEY') : []),
    ...((await readKeyFile(path)) ?? []),
  ];
  let made: string | null = null;
  const hasNone = !command && (await read()).length === 0;
  if (hasNone && !isNew) throw lost(path);
  if (hasNone && (await makeKeyFile(path))) made = path;
  const held = (await read()).length > 0 ? await heldKeySource(read) : null;
  return { source: joined(command, held), made };
};

const joined = (command: KeySource | null, held: KeySource | null): KeySource => {
  const primary = (command ?? held) as KeySource;
  return {
    wrap: primary.wrap,
    isCurrent: primary.isCurrent,
    async unwrap(wrapped, purpose) {
      const source = wrapped.source === commandSource ? command : held;
      if (source) return source.unwrap(wrapped, purpose);
      const setting = wrapped.source === commandSource ? 'KEY_COMMAND' : 'KEY_FILE or SOURCE_KEY';
      throw new OperatorError(`The tenants' keys were wrapped by ${setting}, which is not set now.`);
    },
  };
};

const lost = (path: string): OperatorError =>
  new OperatorError(
    `The keys of this database are not there: there is no key file at ${path}. Put back the one that it was used with ` +
      '(KEY_FILE), or set SOURCE_KEY or KEY_COMMAND; without it no personal value can be read.',
  );
