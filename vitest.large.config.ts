import { defineConfig } from 'vitest/config';

/** What takes minutes and tens of gigabytes of disk, hence a command of its own. */
export default defineConfig({
  test: {
    include: ['test/large/**/*.test.ts'],
    globalSetup: 'test/support/build-once.ts',
    testTimeout: 900_000,
    hookTimeout: 1_800_000,
  },
});
