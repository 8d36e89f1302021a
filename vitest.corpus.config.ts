import { defineConfig } from 'vitest/config';

/** The third-party files of `../shared/data`: slow, and not on every machine, hence a command of its own. */
export default defineConfig({
  test: {
    include: ['test/corpus/**/*.test.ts'],
    globalSetup: 'test/support/build-once.ts',
    testTimeout: 600_000,
    hookTimeout: 60_000,
  },
});
