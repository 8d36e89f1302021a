import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { synthesize } from '../../lib/local/synthesis.ts';
import { api } from './api/api.ts';
import { calls } from './calls/calls.ts';
import { coldstart } from './coldstart.ts';
import { decoders } from './decoders/decoders.ts';
import { dicom } from './dicom/dicom.ts';
import { importing } from './dicom/importing.ts';
import { FilledClinics } from './filled-clinics.ts';
import { gateway } from './gateway.ts';
import { growth } from './growth/growth.ts';
import { thumbnail } from './images/thumbnail.ts';
import { laptop } from './laptop.ts';
import { page } from './page/page.ts';
import { refused } from './refused.ts';
import type { Bench, Result } from './result.ts';
import { start } from './start.ts';
import { viewers } from './viewers/viewers.ts';
import { zip } from './zip/zip.ts';

const benchmarks: Record<string, (bench: Bench) => Promise<Result>> = {
  thumbnail,
  zip,
  api,
  dicom,
  import: importing,
  decoders,
  page,
  viewers,
  coldstart,
  calls,
  refused,
  gateway,
  growth,
  laptop,
  start,
};
const usage = `Usage: npm run bench [${Object.keys(benchmarks).join('|')} …] [-- --json]`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false } },
  });
  const unknown = positionals.find((name) => !Object.hasOwn(benchmarks, name));
  if (unknown !== undefined) throw new Error(`There is no benchmark ${unknown}.\n${usage}`);

  const dataDir = mkdtempSync(path.join(tmpdir(), 'negatoscope-bench-'));
  const projectDir = path.resolve(import.meta.dirname, '../..');
  // Standard output is for the result alone.
  const progress = (line: string) => console.error(line);
  let synthesis: Promise<string> | undefined;
  const cdkOut = () => {
    if (!synthesis) progress('building and synthesizing the service');
    synthesis ??= synthesize({ projectDir, dataDir, verbose: false });
    return synthesis;
  };
  const clinics = new FilledClinics(cdkOut, dataDir);
  try {
    const results: Record<string, Result> = {};
    for (const [name, measure] of Object.entries(benchmarks)) {
      if (positionals.length > 0 && !positionals.includes(name)) continue;
      const startedAt = performance.now();
      const result = await measure({ cdkOut, clinics, progress });
      progress(`${name}: ended after ${Math.round((performance.now() - startedAt) / 1000)} s`);
      results[name] = result;
      if (!values.json) print(name, result);
    }
    if (values.json) console.log(JSON.stringify(results, undefined, 2));
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function print(name: string, { value, unit, floor, ratio, aims, notes, rows }: Result): void {
  console.log(`\n${name}: ${value} ${unit}, floor ${floor} ${unit}, ratio ${ratio}`);
  for (const { what, value, met } of aims) console.log(`  ${met ? '✔' : '✘'} ${what}: ${value}`);
  console.table(rows);
  for (const note of notes) console.log(`  ${note}`);
}

await main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
