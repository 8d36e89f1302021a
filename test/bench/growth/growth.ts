import { startLocalStack } from '../../../lib/local/local-stack.ts';
import { NO_RATE_LIMITS } from '../../../lib/local/no-rate-limits.ts';
import { type FilledClinics, OBJECT } from '../filled-clinics.ts';
import { median, milliseconds } from '../measure.ts';
import { putObjects } from '../put-objects.ts';
import { atMost, type Bench, headline, type Result, type Row, round } from '../result.ts';
import { functionsOf, newDataDir, removeDataDir, tokensOf } from '../stack.ts';
import { type GrowthSample, growthSamples, type Send } from './growth-samples.ts';

const full = { sizes: [1000, 10_000, 100_000], repeats: 5 };
/** The time for each item may grow as the logarithm of their number, from a thousand to a hundred thousand. */
const LOGARITHMIC = round(Math.log(100_000) / Math.log(1000));

/** For each item that a request returns or deletes. */
interface Figures {
  ms: number;
  /** The calls of the request's function, or of the function that follows it, to DynamoDB and S3. */
  calls: number;
}

/** What each item costs that a request returns or deletes, in tables that hold more and more. */
export async function growth({ cdkOut, clinics, progress }: Bench, size = full): Promise<Result> {
  const out = await cdkOut();
  await using ends = new AsyncDisposableStack();
  const open: OpenClinic[] = [];
  for (const items of size.sizes) {
    progress(`growth: writing ${items} images, items of studies, and audit events`);
    open.push(await openClinic(out, clinics, items, ends));
  }
  const figures: Record<string, Figures[]> = {};
  for (const name of Object.keys(open[0]?.samples ?? {})) {
    progress(`growth: ${name}`);
    figures[name] = await figuresOf(name, open, size.repeats);
  }
  const growths = Object.values(figures).map((found) => ({
    time: growthOf(found, 'ms'),
    calls: growthOf(found, 'calls'),
  }));
  const [first = []] = Object.values(figures);
  return {
    ...headline(first.at(-1)?.ms ?? 0, 'ms for each item', first[0]?.ms ?? 0),
    aims: [
      atMost('times the time for each item of the smallest table', maximum(growths, 'time'), LOGARITHMIC),
      atMost('times the AWS calls for each item of the smallest table', maximum(growths, 'calls'), 1),
    ],
    notes: [
      `the headline is the first row in the largest table, its floor the same in the smallest; ${size.sizes.join(', ')} images in one batch, items of studies, and audit events of one patient, written straight into the tables`,
      'ZIP and deletion have a batch of a hundredth of that, with objects of a few bytes; a deletion ends when no image of the batch is listed',
      'at most: as the logarithm of the number of items',
    ],
    rows: Object.fromEntries(
      Object.entries(figures).map(([name, found]): [string, Row] => [
        name,
        Object.fromEntries(
          found.flatMap(({ ms, calls }, index): [string, number][] => [
            [`ms at ${size.sizes[index]}`, round(ms)],
            [`calls at ${size.sizes[index]}`, round(calls)],
          ]),
        ),
      ]),
    ),
  };
}

const growthOf = (found: readonly Figures[], name: keyof Figures) =>
  (found.at(-1)?.[name] ?? 0) / (found[0]?.[name] ?? 1);

const maximum = <Name extends string>(all: readonly Record<Name, number>[], name: Name) =>
  Math.max(...all.map((each) => each[name]));

/** A running stack with so many items. */
interface OpenClinic {
  samples: Record<string, GrowthSample>;
  /** The physical names of the functions that have called AWS since the last reset. */
  called: string[];
  functions: ReturnType<typeof functionsOf>;
}

async function openClinic(
  out: string,
  clinics: FilledClinics,
  items: number,
  ends: AsyncDisposableStack,
): Promise<OpenClinic> {
  const dataDir = ends.adopt(newDataDir(), removeDataDir);
  const clinic = await clinics.copyTo(dataDir, items);
  const called: string[] = [];
  const stack = await startLocalStack({
    cdkOut: out,
    dataDir,
    port: 0,
    environment: NO_RATE_LIMITS,
    onCall: ({ functionName }) => called.push(functionName),
  });
  ends.defer(() => stack.close());
  await putObjects(
    out,
    stack,
    clinic.small.imageKeys.values().map((Key) => ({ Key, Body: OBJECT })),
  );
  const [token = ''] = await tokensOf(stack, 'admin', 1);
  const samples = growthSamples(clinic, stack, out, sendTo(stack.url, token));
  return { samples, called, functions: functionsOf(out, stack.url) };
}

/** The figures of one sample in each clinic, measured in turns. */
async function figuresOf(name: string, clinics: readonly OpenClinic[], repeats: number): Promise<Figures[]> {
  const isOnce = clinics[0]?.samples[name]?.isOnce ?? false;
  const found: Figures[][] = clinics.map(() => []);
  // The first ones start the function, and fill the caches of both sides.
  for (let repeat = isOnce ? 0 : -1; repeat < (isOnce ? 1 : repeats); repeat++)
    for (const [index, clinic] of clinics.entries()) {
      const figures = await perform(name, clinic);
      if (repeat >= 0) found[index]?.push(figures);
    }
  return found.map((each) => ({ ms: median(each.map(({ ms }) => ms)), calls: each.at(-1)?.calls ?? 0 }));
}

async function perform(name: string, { samples, called, functions }: OpenClinic): Promise<Figures> {
  const sample = samples[name];
  if (!sample) throw new Error(`there is no sample ${name}`);
  called.length = 0;
  let items = 0;
  const ms = await milliseconds(async () => {
    items = await sample.perform();
  });
  const counted = sample.functions.map((id) => functions.get(id)?.name);
  return { ms: ms / items, calls: called.filter((each) => counted.includes(each)).length / items };
}

const sendTo =
  (origin: string, token: string): Send =>
  async (method, path) => {
    const response = await fetch(origin + path, { method, headers: { authorization: `Bearer ${token}` } });
    if (!response.ok)
      throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
    return response;
  };
