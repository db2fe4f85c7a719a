import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores: test files run side by side in forks, because better-sqlite3 and child processes do not like threads.
    pool: 'forks',
    globalSetup: ['test/support/global-setup.ts'],
  },
});
