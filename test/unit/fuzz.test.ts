import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type CaseLimits, CaseRunner } from '../fuzz/case-runner.ts';
import { fuzz } from '../fuzz/fuzz.ts';
import { applyRecipe, recipeOf } from '../fuzz/mutation.ts';
import { generatedSamples } from '../fuzz/samples.ts';

const faulty = join(import.meta.dirname, '../fixtures/faulty-process.ts');
const uploads = join(import.meta.dirname, '../fuzz/process-upload.ts');
const folder = mkdtempSync(join(tmpdir(), 'negatoscope-fuzz-'));
afterAll(() => rmSync(folder, { recursive: true }));

const limits: CaseLimits = { cpuSeconds: 1, residentMb: 300, seconds: 20 };

describe('The limits of a case', () => {
  test.each([
    ['throw', 'a planted error'],
    ['crash', 'the process ended: SIGSEGV'],
    ['loop', 'takes more than 1 s of CPU time'],
    ['loop in a child', 'takes more than 1 s of CPU time'],
    ['memory', 'takes more than 300 MB of memory'],
  ])('find: %s', async (fault, reason) => {
    await using runner = new CaseRunner(faulty, limits);
    const result = await runner.run(Buffer.from(fault));
    expect(result).toMatchObject({ outcome: 'failed', reason: expect.stringContaining(reason) });
    // The next case has a process again.
    expect(await runner.run(Buffer.from('accept'))).toMatchObject({ outcome: 'accepted', reason: 'text' });
  });

  test('find a case that waits for ever', async () => {
    await using runner = new CaseRunner(faulty, { ...limits, seconds: 1 });
    expect(await runner.run(Buffer.from('wait'))).toMatchObject({
      outcome: 'failed',
      reason: 'takes more than 1 s',
    });
  });

  test('let a clean refusal pass', async () => {
    await using runner = new CaseRunner(faulty, limits);
    expect(await runner.run(Buffer.from('refuse'))).toMatchObject({
      outcome: 'refused',
      reason: 'This is 1 text.',
    });
  });
});

describe('A run', () => {
  // A case is this file as it is, where its mutations change nothing, or one that the process does not know.
  const samples = [{ name: 'fault', bytes: Buffer.from('throw') }];
  const run = (seed: number, cases: number) =>
    fuzz({ samples, script: faulty, seed, seconds: 60, cases, limits, folder });

  test('names the seed of each failed case, saves its file, and repeats it alone', async () => {
    const { failures, cases } = await run(1, 60);
    expect(cases).toBe(60);
    expect(failures.length).toBeGreaterThan(0);
    expect(readdirSync(folder).length).toBe(failures.length);
    for (const { seed, path } of failures) {
      expect(readFileSync(path, 'latin1')).toBe('throw');
      expect((await run(seed, 1)).failures).toMatchObject([{ seed, sample: 'fault' }]);
    }
  });

  test('counts refusals by their first words', async () => {
    const { refusals, accepted, failures, cases } = await run(1, 60);
    expect([...refusals.keys()]).toEqual(['This is unknown.']);
    expect((refusals.get('This is unknown.') ?? 0) + failures.length + accepted).toBe(cases);
  });
});

describe('A case', () => {
  test('is the same for the same seed, and another for another', async () => {
    const files = (await generatedSamples()).map(({ bytes }) => bytes);
    const made = (seed: number) => applyRecipe(recipeOf(seed, files.length), files).toString('base64');
    const seeds = Array.from({ length: 100 }, (_value, seed) => seed);
    expect(seeds.map(made)).toEqual(seeds.map(made));
    expect(new Set(seeds.map(made)).size).toBeGreaterThan(90);
  });

  test('goes through the real processing, which accepts every generated file', async () => {
    await using runner = new CaseRunner(uploads);
    for (const { name, bytes } of await generatedSamples())
      expect(await runner.run(bytes), name).toMatchObject({ outcome: 'accepted' });
  });
});
