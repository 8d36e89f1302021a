import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inTurns } from '../measure.ts';
import { atMost, type Bench, headline, type Result, type Row, round } from '../result.ts';
import { withChild } from '../stack.ts';
import { type Coding, codings, type Decoder, isInstalled, run, writeFrames } from './coded-files.ts';
import type { Decoding, DecodingTask } from './decoding-process.ts';

const WARM_UP_TURNS = 4;
const full = { frames: 12, rounds: 3 };

type Ours = (task: DecodingTask) => Promise<Decoding>;

/** Milliseconds of CPU time for each frame. */
type Times = { ours: number; theirs: Record<string, number> };

/** The decoders of DICOM frames against those of dcmtk and GDCM, as far as these are installed. */
export async function decoders({ progress }: Bench, size = full): Promise<Result> {
  const folder = mkdtempSync(path.join(tmpdir(), 'negatoscope-bench-'));
  try {
    const plain = await writeFrames(folder, size.frames);
    const times: Record<string, Times> = {};
    const missing = new Set<string>();
    for (const each of Object.values(codings).flatMap(({ encoder, decoders }) => [encoder, ...decoders]))
      if (!missing.has(each.program) && !(await isInstalled(each))) missing.add(each.program);
    const isUsable = ({ program }: Decoder) => !missing.has(program);
    await withChild<DecodingTask, Decoding>('decoders/decoding-process.ts', async (ours) => {
      for (const [name, coding] of Object.entries(codings)) {
        const decoders = coding.decoders.filter(isUsable);
        if (!isUsable(coding.encoder) || decoders.length === 0) continue;
        progress(`decoders: ${name}`);
        times[name] = await measure({ ...coding, decoders }, plain[coding.pixels], folder, ours, size);
      }
    });
    return resultOf(times, [...missing], size);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * All frames of one file in turns. The time that a program takes for the same frames without a compression is no time of
 * its decoder: its start, and reading and writing. CPU time, because other work of the machine adds less to it.
 */
async function measure(
  { encoder, decoders, isLossless }: Coding,
  plain: string,
  folder: string,
  ours: Ours,
  { frames, rounds }: typeof full,
): Promise<Times> {
  const [coded, written] = [path.join(folder, 'coded.dcm'), path.join(folder, 'written.dcm')];
  await run(encoder.program, [...encoder.options, plain, coded]);
  if (isLossless) await requireSame(plain, coded, ours);
  // V8 optimizes what runs often, and WebAssembly, too: that belongs to the start.
  for (let turn = 0; turn < WARM_UP_TURNS; turn++) await ours({ file: coded });
  const works: Record<string, () => Promise<number>> = {
    ours: async () => (await ours({ file: coded })).cpuMs,
  };
  for (const { program, options } of decoders) {
    works[program] = () => cpuMsOf(program, [...options, coded, written]);
    works[`${program} without decoding`] = () => cpuMsOf(program, [...options, plain, written]);
  }
  const turns = await inTurns(rounds, works, async (work) => (await work()) as number);
  const each = (name: string) => mean(turns[name] ?? []) / frames;
  const ofDecoder = ({ program }: Decoder) => [program, each(program) - each(`${program} without decoding`)];
  return { ours: each('ours'), theirs: Object.fromEntries(decoders.map(ofDecoder)) };
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** The CPU time of a program, as the shell counts it. */
async function cpuMsOf(program: string, args: string[]): Promise<number> {
  const script = 'TIMEFORMAT="%U %S"; time "$@" >/dev/null 2>&1';
  const { stderr } = await run('bash', ['-c', script, 'bash', program, ...args]);
  const [user = Number.NaN, system = Number.NaN] = stderr.trim().split(' ').map(Number);
  return (user + system) * 1000;
}

/** Whether the last frame is right: a fast decoder of other pixels would be none. */
async function requireSame(plain: string, coded: string, ours: Ours): Promise<void> {
  const [expected, decoded] = [await ours({ file: plain }), await ours({ file: coded })];
  if (decoded.sha256 !== expected.sha256)
    throw new Error('a lossless frame is not decoded as it was encoded');
}

function resultOf(times: Record<string, Times>, missing: string[], { frames, rounds }: typeof full): Result {
  const entries = Object.entries(times);
  const fastest = ({ theirs }: Times) => Math.min(...Object.values(theirs));
  const ratio = (each: Times) => each.ours / fastest(each);
  const [, worst] = entries.toSorted(([, a], [, b]) => ratio(b) - ratio(a))[0] ?? [];
  return {
    ...headline(worst?.ours ?? Number.NaN, 'ms', worst ? fastest(worst) : Number.NaN),
    aims: entries.map(([name, each]) => atMost(`${name}, times the faster one`, ratio(each), 1.2)),
    notes: [
      `milliseconds of CPU time for a frame: means of ${rounds} runs over ${frames} frames, minus the time of the same program for the same frames uncompressed; the headline is the slowest against theirs`,
      'only ours passes each frame to another process and back',
      ...(missing.length > 0 ? [`not installed, so not compared: ${missing.join(', ')}`] : []),
    ],
    rows: Object.fromEntries(entries.map(([name, each]) => [name, rowOf(each, ratio(each))])),
  };
}

const rowOf = ({ ours, theirs }: Times, ratio: number): Row => ({
  ours: round(ours),
  ...Object.fromEntries(
    Object.entries(theirs).map(([program, ms]) => [program.startsWith('gdcm') ? 'GDCM' : 'dcmtk', round(ms)]),
  ),
  ratio: round(ratio),
});
