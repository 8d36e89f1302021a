// Inserts one fault after the other into a copy of the project, and requires that the tests find it.
// node test/mutations/run.ts [part of the path of a source or of a test …]
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Fault, faults } from './faults.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const wanted = process.argv.slice(2);
const chosen = faults.filter(
  ({ file, tests }) =>
    wanted.length === 0 || wanted.some((part) => [file, ...tests].some((path) => path.includes(part))),
);

/** The files under version control, as they are in the working tree, and the packages of the original. */
function copyTree(): string {
  const copy = mkdtempSync(join(tmpdir(), 'negatoscope-mutations-'));
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  for (const file of files.split('\0').filter((name) => name !== '')) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(ROOT, file), join(copy, file));
  }
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  symlinkSync(join(ROOT, 'web', 'node_modules'), join(copy, 'web', 'node_modules'));
  return copy;
}

interface Outcome {
  passed: number;
  failed: number;
  /** Names of failed tests, or the output if no test was run. */
  said: string;
}

/** Runs test files there, until the first test fails. */
function runTests(copy: string, tests: readonly string[]): Outcome {
  const report = join(copy, 'report.json');
  rmSync(report, { force: true });
  const args = ['vitest', 'run', ...tests, '--bail=1', '--reporter=json', `--outputFile=${report}`];
  const { stdout, stderr } = spawnSync('npx', args, { cwd: copy, encoding: 'utf8', timeout: 600_000 });
  try {
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
    const names = testResults.flatMap(({ assertionResults }: { assertionResults: TestResult[] }) =>
      assertionResults.flatMap(({ status, fullName }) => (status === 'failed' ? [fullName] : [])),
    );
    return { passed: numPassedTests, failed: numFailedTests, said: names.join('; ') };
  } catch {
    return { passed: 0, failed: 0, said: `${stdout}${stderr}`.slice(-2000) };
  }
}

interface TestResult {
  status: string;
  fullName: string;
}

/** The error of a fault, or of the tests that should have found it; undefined if they have. */
function tryFault(copy: string, { file, original, replacement, tests }: Fault): string | undefined {
  const source = readFileSync(join(copy, file), 'utf8');
  const times = source.split(original).length - 1;
  if (times !== 1) return `the text is there ${times} times`;
  // A function, because `$` is special in a replacement string.
  writeFileSync(
    join(copy, file),
    source.replace(original, () => replacement),
  );
  try {
    const { passed, failed, said } = runTests(copy, tests);
    if (failed > 0) return void console.log(`  found by: ${said}`);
    return passed > 0 ? `nothing of ${tests.join(', ')} fails` : `no test was run: ${said}`;
  } finally {
    writeFileSync(join(copy, file), source);
  }
}

const copy = copyTree();
process.on('exit', () => rmSync(copy, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }));
const all = [...new Set(chosen.flatMap(({ tests }) => tests))];
console.log(`${chosen.length} faults, ${all.length} test files, which must pass without any of them`);
const before = runTests(copy, all);
if (before.failed > 0 || before.passed === 0) throw new Error(`they do not: ${before.said}`);

let missed = 0;
for (const fault of chosen) {
  console.log(`${fault.file}: ${fault.means}`);
  const trouble = tryFault(copy, fault);
  if (trouble === undefined) continue;
  missed += 1;
  console.log(`  MISSED: ${trouble}`);
}
console.log(missed === 0 ? `all ${chosen.length} were found` : `${missed} of ${chosen.length} were missed`);
process.exitCode = missed === 0 ? 0 : 1;
