import { defineConfig } from 'vitest/config';

/** Against a real Orthanc, which not every machine has, hence a command of its own. */
export default defineConfig({
  test: {
    include: ['test/orthanc/**/*.test.ts'],
    globalSetup: 'test/support/build-once.ts',
    // Each starts servers of its own, and one of them builds the functions.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
