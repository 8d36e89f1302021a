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
 * Loads a file and prints the milliseconds since this process began; `awslambda` is a global of Lambda's
 * runtime.
 */
const LOAD = `
  globalThis.awslambda = { streamifyResponse: (handler) => handler };
  require(process.argv[1]);
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
    const slowest = ofHttp.reduce((a, b) => (b.overFloorMs > a.overFloorMs ? b : a));
    return {
      ...headline(slowest.ms, 'ms', slowest.floorMs),
      aims: [
        atMost('KB of the largest HTTP bundle', Math.max(...ofHttp.map(({ bundleKb }) => bundleKb)), 335),
        atMost('ms over the floor of the slowest HTTP function', slowest.overFloorMs, 150),
        atMost('times the floor, of the slowest HTTP function', slowest.ms / slowest.floorMs, 1.5),
      ],
      notes: [
        `medians of ${runs} new processes each, without a compile cache; the headline is the slowest HTTP function, ${slowest.id}`,
        'the floor is a handler that does nothing, in a file of the same size; KB are 1000 bytes, minified, sharp aside',
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

async function load(file: string, environment: Record<string, string>): Promise<number> {
  const child = spawn(process.execPath, ['-e', LOAD, file], {
    env: { ...environment, AWS_REGION: 'us-east-1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const chunks = await child.stdout.toArray();
  const ms = Number(Buffer.concat(chunks).toString());
  if (ms > 0) return ms;
  throw new Error(`${file} cannot be loaded`);
}
