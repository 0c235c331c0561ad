import { settings } from './settings.ts';

/** The settings as read, by the names of their environment variables. */
export type Config = { [K in keyof typeof settings]: (typeof settings)[K]['default'] } & {
  LOG_LEVEL: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
  PORT: number;
};

/** Reads the settings. An empty variable counts as absent. Throws OperatorError with a sentence for a wrong one. */
export const readConfig = (environment: Record<string, string | undefined> = process.env): Config =>
  Object.fromEntries(
    Object.entries(settings).map(([name, one]) => {
      const text = environment[name]?.trim();
      return [name, text ? one.read(text, name) : one.default];
    }),
  ) as unknown as Config;
