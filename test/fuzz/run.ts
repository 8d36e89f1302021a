// Mutates files and handles them as uploads are handled: no case may crash, or take too much time or memory.
// node test/fuzz/run.ts [--seed 1] [--seconds 60] [--cases 1]
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { defaultLimits } from './case-runner.ts';
import { type Failure, fuzz, type Report } from './fuzz.ts';
import { readSamples } from './samples.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
    seconds: { type: 'string', default: '60' },
    cases: { type: 'string' },
  },
});

function integer(name: string, text: string): number {
  if (/^-?\d{1,10}$/.test(text)) return Number(text);
  throw new Error(`--${name} must be an integer; received ${text}`);
}

const seed = integer('seed', values.seed);
const samples = await readSamples();
console.log(`${samples.length} files, --seed ${seed}`);
const report = await fuzz({
  samples,
  script: join(import.meta.dirname, 'process-upload.ts'),
  seed,
  seconds: integer('seconds', values.seconds),
  cases: values.cases === undefined ? undefined : integer('cases', values.cases),
  folder: join(import.meta.dirname, '../../.local/fuzz'),
});
print(report);
if (report.failures.length > 0) process.exitCode = 1;

function print({
  cases,
  seconds,
  accepted,
  refusals,
  worstCpuSeconds,
  worstResidentMb,
  failures,
}: Report): void {
  console.log(`${cases} cases, ${(cases / seconds).toFixed(1)} in a second; ${accepted} accepted`);
  for (const [words, count] of [...refusals].sort(([, a], [, b]) => b - a))
    console.log(`${String(count).padStart(6)} refused: ${words} …`);
  const { cpuSeconds, residentMb } = defaultLimits;
  const { value: cpu, seed: cpuSeed } = worstCpuSeconds;
  const { value: mb, seed: mbSeed } = worstResidentMb;
  console.log(`most CPU time: ${cpu.toFixed(2)} s of ${cpuSeconds} (--seed ${cpuSeed} --cases 1)`);
  console.log(`most memory: ${Math.round(mb)} MB of ${residentMb} (--seed ${mbSeed} --cases 1)`);
  failures.forEach(printFailure);
}

function printFailure({ seed, sample, reason, path }: Failure): void {
  console.error(`FAILED --seed ${seed} --cases 1, of ${sample}, saved as ${path}\n${reason}`);
}
