import type { Command } from 'commander';
import { type Config, readConfig } from '../config.ts';
import { settings } from '../settings.ts';
import { type OutputOptions, print, table, withJson } from './output.ts';

/** `customary config`: the settings as they stand. */
export const addConfig = (program: Command): void => {
  withJson(program.command('config'))
    .description('show every setting: its value now, its default and its meaning')
    .action((options: OutputOptions) => {
      const rows = settingRows(readConfig());
      print(options, { settings: rows }, () =>
        table(
          ['SETTING', 'NOW', 'DEFAULT', 'MEANING'],
          rows.map((row) => [row.name, row.value, row.default, row.meaning]),
          '',
        ),
      );
    });
};

const settingRows = (config: Config) =>
  Object.entries(settings).map(([name, { default: byDefault, meaning }]) => ({
    name,
    value: shown(name, config[name as keyof Config]),
    default: byDefault,
    meaning,
  }));

/** A value without what is secret in it; of a command, whose words may hold a token, the program alone. */
const shown = (name: string, value: Config[keyof Config]) => {
  if (typeof value !== 'string') return value;
  if (name === 'SOURCE_KEY') return '****';
  return name === 'KEY_COMMAND' ? value.replace(/\s.*/s, ' ****') : masked(value);
};

/** A URL without its password, wherever it stands. */
const masked = (value: string): string =>
  value.replace(/(:\/\/[^/?#]*:).*(@)/, '$1****$2').replace(/([?&](?:ssl)?password=)[^&]*/gi, '$1****');
