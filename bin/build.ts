import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type BuildOptions, build, type Metafile, stop } from 'esbuild';
import { functions } from '../functions/functions.ts';
import { operations } from '../functions/operations.ts';
import { methodsByPath } from '../lib/api/operation.ts';
import { buildWeb } from './build-web.ts';
import { mappedStacks } from './bundles/mapped-stacks.ts';
import { namedDependencies } from './bundles/named-dependencies.ts';
import { SLIM_CLIENTS } from './bundles/slim-clients.ts';
import { SLIM_PACKAGES } from './bundles/slim-packages.ts';
import { SLIM_ZOD } from './bundles/slim-zod.ts';
import { withoutUnusedSchemas } from './bundles/unused-schemas.ts';

/** The folder of the bundles: `dist/<function>/index.cjs`. */
export const BUNDLES = join(import.meta.dirname, '..', 'dist');

/** Files that modules read at run time. They are copied next to each bundle that contains the module. */
const READ_BY: Record<string, string> = {
  'lib/media/dicom/parse/data-dictionary.ts': 'lib/media/dicom/parse/data-dictionary.json',
};

const ROOT = join(import.meta.dirname, '..');

const COMMON = {
  absWorkingDir: ROOT,
  outdir: BUNDLES,
  bundle: true,
  minify: true,
  // For stack traces with our files and lines. Keeping names in the code would add 25 KB to each bundle.
  sourcemap: 'linked',
  sourcesContent: false,
  plugins: [mappedStacks],
  platform: 'node',
  target: 'node24',
  logLevel: 'warning',
} as const satisfies BuildOptions;

/** How the handlers are bundled: `<function>/index.cjs`. */
export const HANDLER_BUNDLES = {
  ...COMMON,
  metafile: true,
  entryPoints: functions.map(({ id, entry }) => ({ in: entry, out: `${id}/index` })),
  outExtension: { '.js': '.cjs' },
  // Layers are found only by require(): imports of ES modules ignore Lambda's NODE_PATH.
  format: 'cjs',
  // The SDK loads node:http by import(), which reads all that the module exports, also its WebSocket: that loads undici, a
  // quarter of the CPU time of a function's first request. With require() it does not.
  supported: { 'dynamic-import': false },
  mainFields: ['module', 'main'],
  // CommonJS has other variables for the location of a module.
  define: { 'import.meta.dirname': '__dirname', 'import.meta.filename': '__filename' },
  alias: {
    '@aws-lambda-powertools/logger': './lib/lambda/log-lines.ts',
    '@aws-lambda-powertools/jmespath/functions': './lib/lambda/middleware/jmespath-field.ts',
    '@aws-lambda-powertools/jmespath': './lib/lambda/middleware/jmespath-field.ts',
    // archiver contains three copies of an old version of Node's stream module: 240 KB in each bundle with a ZIP.
    'readable-stream': 'node:stream',
  },
  plugins: [
    mappedStacks,
    namedDependencies,
    withoutUnusedSchemas,
    ...SLIM_PACKAGES,
    ...SLIM_CLIENTS,
    ...SLIM_ZOD,
  ],
  external: ['sharp'],
  // Such an import is of something that a plugin has left out.
  logOverride: { 'import-is-undefined': 'error' },
} satisfies BuildOptions;

/** How the scripts are bundled that functions start as processes: `<function>/<script>.mjs`. */
export const PROCESS_BUNDLES = {
  ...COMMON,
  entryPoints: functions.flatMap(({ id, processes = [] }) =>
    processes.map((script) => ({ in: script, out: `${id}/${basename(script, '.ts')}` })),
  ),
  outExtension: { '.js': '.mjs' },
  // ES modules find packages of layers only by createRequire() here; and modules that find their .wasm by import.meta.url keep working.
  format: 'esm',
} satisfies BuildOptions;

/** All at once would take esbuild gigabytes of memory, for a sixth less time. */
const BUNDLES_AT_ONCE = 12;

/** esbuild collects its garbage when it has 420 MB, and before that seldom: an eighth less time (Go, "A Guide to the Go Garbage Collector"). */
const COLLECTOR = { GOGC: '400', GOMEMLIMIT: '420MiB' };

/** Bundles every function into its own folder, together with the files that it needs. */
export async function buildFunctions(): Promise<void> {
  // esbuild's process has the environment of this one.
  Object.assign(process.env, COLLECTOR);
  await rm(BUNDLES, { recursive: true, force: true });
  const { entryPoints } = HANDLER_BUNDLES;
  const outputs: Metafile['outputs'] = {};
  for (let at = 0; at < entryPoints.length; at += BUNDLES_AT_ONCE) {
    const some = { ...HANDLER_BUNDLES, entryPoints: entryPoints.slice(at, at + BUNDLES_AT_ONCE) };
    const { metafile } = await build(some);
    Object.assign(outputs, metafile.outputs);
  }
  await build(PROCESS_BUNDLES);
  // Otherwise esbuild's process would keep its memory until this one ends.
  await stop();
  for (const { id, assets = [] } of functions) {
    await mkdir(join(BUNDLES, id), { recursive: true });
    for (const asset of assets) await cp(join(ROOT, asset), join(BUNDLES, id, basename(asset)));
  }
  for (const [bundle, { inputs }] of Object.entries(outputs))
    for (const [module, file] of Object.entries(READ_BY))
      if (module in inputs) await cp(join(ROOT, file), join(ROOT, dirname(bundle), basename(file)));
  const methods = JSON.stringify(methodsByPath(operations));
  await writeFile(join(BUNDLES, 'other-methods', 'methods.json'), methods);
}

/** Builds the functions and the page: one after the other, since each uses all cores, and hundreds of megabytes. */
export async function buildAll(): Promise<void> {
  await buildFunctions();
  await buildWeb();
}

if (import.meta.main) await buildAll();
