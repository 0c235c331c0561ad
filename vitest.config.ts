import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/property-limit.ts'],
    pool: 'forks',
    // Files share what is imported: importing it anew for each took a third of the whole time.
    isolate: false,
    // One more than processors where there are two: many tests wait, for a lock, a timer or another process.
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
