import { spawn } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { operations } from '../../functions/operations.ts';
import { linkLayerPackages } from '../../lib/local/lambda/layer-packages.ts';
import { bundleBareSdk } from './bare-sdk.ts';
import { median } from './measure.ts';
import { atMost, type Bench, headline, type Result, type Row, round } from './result.ts';
import { functionsOf, withDataDir } from './stack.ts';

const RUNS = 3;
/** Processes at the same time, each on a CPU of its own. */
const AT_ONCE = Math.min(2, availableParallelism());
/** Does nothing, in a file of the same size: the code is there, but is not run. */
const emptyHandler = (code: string) => `exports.handler = async () => {};\nfunction unused() {${code}\n}`;
/**
 * Loads a file as Lambda's runtime does, and prints the milliseconds since this process began. The runtime is an ES module that has
 * loaded these modules of Node before (npm package `aws-lambda-ric`, 4.0.2).
 */
const LOAD = `
  import { createRequire } from 'node:module';
  const file = process.argv[1];
  const load = createRequire(file);
  for (const name of ['assert', 'fs', 'http', 'net', 'path', 'util']) load('node:' + name);
  globalThis.awslambda = { streamifyResponse: (handler) => handler };
  load(file);
  process.stdout.write(String(performance.now()));
  process.exit();`;

/** The row of a handler that only gets an item by the SDK as it is. */
const BARE_SDK = 'a handler with the bare SDK';

/** For each function: the size of its bundle, and how long a new process needs until its handler is loaded. */
export async function coldstart({ cdkOut, progress }: Bench, runs = RUNS): Promise<Result> {
  const functions = [...functionsOf(await cdkOut(), 'http://localhost').entries()].filter(([id]) => id);
  progress(`coldstart: ${runs} times each of ${functions.length} functions, and the floor`);
  return withDataDir(async (dir) => {
    const layers = linkLayerPackages(path.join(dir, 'layers'));
    const isHttp = new Set<string>(operations.map(({ id }) => id));
    const bareSdk = { id: BARE_SDK, kind: 'SDK', file: path.join(dir, 'bare-sdk.cjs'), environment: {} };
    await bundleBareSdk(bareSdk.file);
    const bundles = [
      ...functions.map(([id, { codeDir, environment, hasLayers }]) => ({
        id,
        kind: `${isHttp.has(id) ? 'http' : 'event'}${hasLayers ? ', sharp' : ''}`,
        file: path.join(codeDir, 'index.cjs'),
        environment: { ...environment, ...(hasLayers && { NODE_PATH: layers }) },
      })),
      bareSdk,
    ].map((bundle) => ({ ...bundle, product: [] as number[], floor: [] as number[] }));
    const floorOf = (id: string) => path.join(dir, `floor-${id}.cjs`);
    for (const { id, file } of bundles) writeFileSync(floorOf(id), emptyHandler(readFileSync(file, 'utf8')));

    const loads = Array.from({ length: runs }, () => bundles)
      .flat()
      .values();
    const measure = async () => {
      for (const { id, file, environment, product, floor } of loads) {
        floor.push(await load(floorOf(id), environment));
        product.push(await load(file, environment));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, measure));

    const measured = bundles.map(({ id, kind, file, product, floor }) => {
      const [ms, floorMs] = [median(product), median(floor)];
      const bundleKb = statSync(file).size / 1000;
      return { id, kind, bundleKb, ms, floorMs, overFloorMs: ms - floorMs, ratio: ms / floorMs };
    });
    const ofKind = (pattern: RegExp) => measured.filter(({ kind }) => pattern.test(kind));
    const http = ofKind(/^http/);
    const slowest = mostOver(http);
    const bareMs = ofKind(/SDK/)[0]?.ms ?? Number.NaN;
    return {
      ...headline(slowest.ms, 'ms', slowest.floorMs),
      aims: [
        atMost('KB of the largest HTTP bundle', Math.max(...http.map(({ bundleKb }) => bundleKb)), 335),
        atMost('ms over the floor of the slowest HTTP function', slowest.overFloorMs, 150),
        atMost('times the floor, median of the HTTP functions', median(http.map(({ ratio }) => ratio)), 1.5),
        atMost('times the floor, slowest HTTP function', slowest.ratio, 1.5),
        atMost('times the floor, slowest HTTP function without sharp', mostOver(ofKind(/^http$/)).ratio, 1.5),
        atMost(
          'of a handler with the bare SDK, median of the HTTP functions',
          median(http.map(({ ms }) => ms)) / bareMs,
          1,
        ),
      ],
      notes: [
        `medians of ${runs} new processes each, without a compile cache; the headline is the slowest HTTP function, ${slowest.id}`,
        "the floor is a handler that does nothing, in a file of the same size, in a process that has loaded the modules of Node that Lambda's runtime loads; KB are 1000 bytes, minified, sharp aside",
        `functions with sharp also load libvips; ${BARE_SDK} only gets an item of DynamoDB, and is bundled with all that our build leaves out of packages`,
      ],
      rows: Object.fromEntries(
        measured.map(({ id, kind, ...figures }): [string, Row] => [
          id,
          {
            kind,
            ...Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, round(value)])),
          },
        ]),
      ),
    };
  });
}

const mostOver = <T extends { overFloorMs: number }>(measured: readonly T[]): T =>
  measured.reduce((a, b) => (b.overFloorMs > a.overFloorMs ? b : a));

async function load(file: string, environment: Record<string, string>): Promise<number> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', LOAD, file], {
    env: { ...environment, AWS_REGION: 'us-east-1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const chunks = await child.stdout.toArray();
  const ms = Number(Buffer.concat(chunks).toString());
  if (ms > 0) return ms;
  throw new Error(`${file} cannot be loaded`);
}
