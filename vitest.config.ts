import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/support/build-once.ts',
    exclude: ['test/corpus/**', 'test/large/**', 'test/orthanc/**', '**/node_modules/**'],
    // Much of a file's time is waiting: for starts of functions, and for what follows an upload.
    maxWorkers: '100%',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // What is waited for may take its time on a machine that does other things as well.
    expect: { poll: { timeout: 10_000 } },
  },
});
