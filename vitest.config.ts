import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Test files run side by side in forks, one on each core, because better-sqlite3 and child processes do not like threads.
    pool: 'forks',
    maxWorkers: '100%',
    globalSetup: ['test/support/global-setup.ts'],
  },
});
