import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const BUILD = 'test/support/setup/build-once.ts';
const EACH_FILE = 'test/support/setup/begin-file.ts';
const SHARED_STACK = 'test/support/setup/start-shared-stack.ts';
const BROWSER = 'test/support/browser/start-browser.ts';

const environment = (dynamoDbTimeoutMs: number) => ({
  DYNAMODB_TIMEOUT_MS: String(dynamoDbTimeoutMs),
  // The CDK's validation of each template takes seconds; `npm run synth` has it.
  CDK_VALIDATION: 'false',
});

/**
 * Much of a file's time is waiting, for what follows an upload: with a worker for each CPU, the CPUs had nothing to do for a quarter of it.
 * The other projects have limits of time that need the CPUs, or do not wait.
 */
const MORE_WORKERS = { maxWorkers: 2 * availableParallelism(), sequence: { groupOrder: 1 } };

/** Small files that take long: by their size they would begin last, and the other workers would wait for them. */
const LONG = [
  'data/states',
  'service/security/hostile-searches',
  'unit/regular-expressions',
  'large/states',
  'large/killed-stack',
];

/** Begins these files first in their projects. */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) =>
      LONG.some((name) => moduleId.endsWith(`/test/${name}.test.ts`));
    const projects = Map.groupBy(await super.sort(files), ({ project }) => project.name);
    return [...projects.values()].flatMap((sorted) => [
      ...sorted.filter(isLong),
      ...sorted.filter((file) => !isLong(file)),
    ]);
  }
}

/** The tests of a folder, and what they need before they can run. */
const project = (
  name: string,
  globalSetup: string[],
  {
    isolate = true,
    testSeconds = 60,
    hookSeconds = 60,
    dynamoDbTimeoutMs = 8000,
    waits = false,
    setupFiles = [] as string[],
  } = {},
) => ({
  extends: true as const,
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    globalSetup,
    setupFiles,
    // Without isolation, a process imports the SDK and the other packages once, not for each file.
    isolate,
    testTimeout: testSeconds * 1000,
    hookTimeout: hookSeconds * 1000,
    // The local DynamoDB shares two cores with the tests, apart from those of the timeout: see `lib/data/dynamodb/table.ts`.
    env: environment(dynamoDbTimeoutMs),
    ...(waits && MORE_WORKERS),
  },
});

export default defineConfig({
  test: {
    maxWorkers: '100%',
    sequence: { sequencer: LongFirst },
    // What is waited for may take its time on a machine that does other things as well.
    expect: { poll: { timeout: 10_000 } },
    projects: [
      project('unit', [], { isolate: false, dynamoDbTimeoutMs: 1000, waits: true }),
      project('data', [BUILD], { isolate: false, waits: true, setupFiles: [EACH_FILE] }),
      project('stack', [BUILD], { isolate: false }),
      project('service', [BUILD, SHARED_STACK], { isolate: false, waits: true, setupFiles: [EACH_FILE] }),
      project('web', [BUILD, SHARED_STACK, BROWSER]),
      project('own-stack', [BUILD]),
      // Programs of other makers, which `npm run clients` installs, against the shared stack.
      project('clients', [BUILD, SHARED_STACK, BROWSER]),
      // With the programs of dcmtk, and an Orthanc, as peers.
      project('gateway', [BUILD], { testSeconds: 120 }),
      // The third-party files of `../shared/data`, which are not on every machine.
      project('corpus', [BUILD], { testSeconds: 600 }),
      // What takes minutes and tens of gigabytes of disk.
      project('large', [BUILD], { testSeconds: 900, hookSeconds: 1800 }),
      // Against a real Orthanc, which not every machine has.
      project('orthanc', [BUILD], { testSeconds: 120 }),
    ],
  },
});
