import { settings } from '../../src/settings.ts';

/** The settings that take every rate limit away, those of contracts included. */
export const noLimits: Record<string, string> = Object.fromEntries(
  Object.keys(settings)
    .filter((name) => name.includes('RATE_LIMIT'))
    .map((name) => [name, '0']),
);
