import type { Command } from 'commander';
import { type Config, readConfig, settings } from '../config.ts';
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
    value: secrets.has(name) && config[name as keyof Config] ? '****' : masked(config[name as keyof Config]),
    default: byDefault,
    meaning,
  }));

const secrets = new Set(['SOURCE_KEY']);

/** A URL without its password, wherever it stands. */
const masked = <Value>(value: Value): Value | string => {
  if (typeof value !== 'string') return value;
  return value
    .replace(/(:\/\/[^/?#]*:).*(@)/, '$1****$2')
    .replace(/([?&](?:ssl)?password=)[^&]*/gi, '$1****');
};
