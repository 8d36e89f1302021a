import { defineConfig } from 'vitest/config';

const BUILD = 'test/support/build-once.ts';
const SHARED_STACK = 'test/support/start-shared-stack.ts';
const BROWSER = 'test/support/start-browser.ts';

/** The local DynamoDB shares two cores with the tests, apart from those of the timeout: see `lib/data/table.ts`. */
const SLOW_DYNAMODB = { DYNAMODB_TIMEOUT_MS: '8000' };

/** The tests of a folder, and what they need before they can run. */
const project = (
  name: string,
  globalSetup: string[],
  { isolate = true, testSeconds = 60, hookSeconds = 60, env = SLOW_DYNAMODB } = {},
) => ({
  extends: true as const,
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    globalSetup,
    isolate,
    testTimeout: testSeconds * 1000,
    hookTimeout: hookSeconds * 1000,
    env,
  },
});

export default defineConfig({
  test: {
    // Much of a file's time is waiting: for what follows an upload.
    maxWorkers: '100%',
    // What is waited for may take its time on a machine that does other things as well.
    expect: { poll: { timeout: 10_000 } },
    projects: [
      project('unit', [], { isolate: false, env: { DYNAMODB_TIMEOUT_MS: '1000' } }),
      project('data', [BUILD]),
      project('stack', [BUILD], { isolate: false }),
      project('service', [BUILD, SHARED_STACK]),
      project('web', [BUILD, SHARED_STACK, BROWSER]),
      project('own-stack', [BUILD]),
      // The third-party files of `../shared/data`, which are not on every machine.
      project('corpus', [BUILD], { testSeconds: 600 }),
      // What takes minutes and tens of gigabytes of disk.
      project('large', [BUILD], { testSeconds: 900, hookSeconds: 1800 }),
      // Against a real Orthanc, which not every machine has.
      project('orthanc', [BUILD], { testSeconds: 120 }),
    ],
  },
});
