import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CaseLimits, type CaseResult, CaseRunner } from './case-runner.ts';
import { applyRecipe, recipeOf } from './mutation.ts';
import type { Sample } from './samples.ts';

export interface FuzzOptions {
  samples: readonly Sample[];
  /** The process that handles the cases. */
  script: string;
  /** Of the first case; each case after it has the next number. */
  seed: number;
  /** How long new cases are started. */
  seconds: number;
  /** The number of cases, if they take less time. */
  cases?: number | undefined;
  limits?: Partial<CaseLimits>;
  /** Where the files of failed cases are saved. */
  folder: string;
}

/** A case that broke a limit or failed otherwise. */
export interface Failure {
  seed: number;
  sample: string;
  reason: string;
  /** Where its file is saved. */
  path: string;
}

/** A figure of the most expensive case. */
interface Worst {
  value: number;
  seed: number;
}

export interface Report {
  cases: number;
  seconds: number;
  accepted: number;
  /** How many cases were refused, by the first words of the reason. */
  refusals: Map<string, number>;
  worstCpuSeconds: Worst;
  worstResidentMb: Worst;
  failures: Failure[];
}

/** Runs mutated files through a process that handles them as uploads, and reports what it did. */
export async function fuzz({
  samples,
  script,
  seed,
  seconds,
  folder,
  ...options
}: FuzzOptions): Promise<Report> {
  const { cases = Number.POSITIVE_INFINITY, limits } = options;
  await using runner = new CaseRunner(script, limits);
  const files = samples.map(({ bytes }) => bytes);
  const report: Report = {
    cases: 0,
    seconds: 0,
    accepted: 0,
    refusals: new Map(),
    worstCpuSeconds: { value: 0, seed },
    worstResidentMb: { value: 0, seed },
    failures: [],
  };
  const startedAt = performance.now();
  while (report.seconds < seconds && report.cases < cases) {
    const own = (seed + report.cases) | 0;
    const recipe = recipeOf(own, files.length);
    const bytes = applyRecipe(recipe, files);
    const result = await runAlone(runner, bytes);
    count(report, own, result);
    if (result.outcome === 'failed') {
      const sample = samples[recipe.file]?.name ?? '';
      report.failures.push({ seed: own, sample, reason: result.reason, path: save(folder, own, bytes) });
    }
    report.cases++;
    report.seconds = (performance.now() - startedAt) / 1000;
  }
  return report;
}

/** Repeats a failed case in a new process, unless the process crashed: memory of earlier cases does not count. */
async function runAlone(runner: CaseRunner, bytes: Uint8Array): Promise<CaseResult> {
  const first = await runner.run(bytes);
  if (first.outcome !== 'failed' || !/^takes more than/.test(first.reason)) return first;
  return runner.run(bytes);
}

function count(report: Report, seed: number, { outcome, reason, cpuSeconds, residentMb }: CaseResult): void {
  if (cpuSeconds > report.worstCpuSeconds.value) report.worstCpuSeconds = { value: cpuSeconds, seed };
  if (residentMb > report.worstResidentMb.value) report.worstResidentMb = { value: residentMb, seed };
  if (outcome === 'accepted') report.accepted++;
  if (outcome !== 'refused') return;
  const words = reason.replaceAll(/\d+/g, '#').split(' ').slice(0, 7).join(' ');
  report.refusals.set(words, (report.refusals.get(words) ?? 0) + 1);
}

function save(folder: string, seed: number, bytes: Uint8Array): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `case-${seed}`);
  writeFileSync(path, bytes);
  return path;
}
