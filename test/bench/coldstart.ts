import { spawn } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { operations } from '../../functions/operations.ts';
import { linkLayerPackages } from '../../lib/local/lambda/layer-packages.ts';
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

/** For each function: the size of its bundle, and how long a new process needs until its handler is loaded. */
export async function coldstart({ cdkOut, progress }: Bench, runs = RUNS): Promise<Result> {
  const definitions = [...functionsOf(await cdkOut(), 'http://localhost').entries()].filter(([id]) => id);
  progress(`coldstart: ${runs} times each of ${definitions.length} functions, and the floor`);
  return withDataDir(async (dir) => {
    for (const [id, { codeDir }] of definitions)
      writeFileSync(
        path.join(dir, `${id}.cjs`),
        emptyHandler(readFileSync(path.join(codeDir, 'index.cjs'), 'utf8')),
      );
    const layers = linkLayerPackages(path.join(dir, 'layers'));
    const http = new Set<string>(operations.map(({ id }) => id));
    const drawing = new Set(definitions.flatMap(([id, { hasLayers }]) => (hasLayers ? [id] : [])));
    const times = new Map(
      definitions.map(([id]) => [id, { product: [] as number[], floor: [] as number[] }]),
    );
    const loads = Array.from({ length: runs }, () => definitions)
      .flat()
      .values();
    const measure = async () => {
      for (const [id, { codeDir, environment, hasLayers }] of loads) {
        const variables = { ...environment, ...(hasLayers && { NODE_PATH: layers }) };
        times.get(id)?.floor.push(await load(path.join(dir, `${id}.cjs`), variables));
        times.get(id)?.product.push(await load(path.join(codeDir, 'index.cjs'), variables));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, measure));

    const measured = definitions.map(([id, { codeDir }]) => {
      const { product = [], floor = [] } = times.get(id) ?? {};
      const ms = median(product);
      const floorMs = median(floor);
      const bundleKb = statSync(path.join(codeDir, 'index.cjs')).size / 1000;
      return { id, bundleKb, ms, floorMs, overFloorMs: ms - floorMs };
    });
    const ofHttp = measured.filter(({ id }) => http.has(id));
    const slowest = mostOver(ofHttp);
    const withoutSharp = mostOver(ofHttp.filter(({ id }) => !drawing.has(id)));
    const ratios = ofHttp.map(({ ms, floorMs }) => ms / floorMs);
    return {
      ...headline(slowest.ms, 'ms', slowest.floorMs),
      aims: [
        atMost('KB of the largest HTTP bundle', Math.max(...ofHttp.map(({ bundleKb }) => bundleKb)), 335),
        atMost('ms over the floor of the slowest HTTP function', slowest.overFloorMs, 150),
        atMost('times the floor, median of the HTTP functions', median(ratios), 1.5),
        atMost(
          'times the floor, of the slowest HTTP function without sharp',
          withoutSharp.ms / withoutSharp.floorMs,
          1.5,
        ),
      ],
      notes: [
        `medians of ${runs} new processes each, without a compile cache; the headline is the slowest HTTP function, ${slowest.id}`,
        "the floor is a handler that does nothing, in a file of the same size, in a process that has loaded the modules of Node that Lambda's runtime loads; sharp, which draws, loads libvips, 30 ms; KB are 1000 bytes, minified, sharp aside",
      ],
      rows: Object.fromEntries(
        measured.map(({ id, ...figures }): [string, Row] => [
          id,
          {
            kind: http.has(id) ? 'http' : 'event',
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
