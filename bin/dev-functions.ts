import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import type { FSWatcher } from 'vite';
import type { LambdaFunction } from '../lib/local/lambda/lambda.ts';
import { HANDLER_BUNDLES, PROCESS_BUNDLES } from './build.ts';
import { withoutNames } from './bundles/named-dependencies.ts';

const ROOT = join(import.meta.dirname, '..');
/** The sources of the template, which a running stack has read already. */
const NEEDS_RESTART = /^functions\/([^/]+\.ts|.*\/(operation|trigger|routes?)\.ts)$|^lib\/(stack|local)\//;

/** A file that esbuild writes: of a handler, or of a script that the function starts as a process. */
interface Bundle {
  functionId: string;
  options: BuildOptions;
  entry: { in: string; out: string };
  /** The project files of the last build, by their paths from the root. */
  inputs: ReadonlySet<string>;
  hasFailed: boolean;
}

interface DevFunctions {
  watcher: FSWatcher;
  functions: readonly LambdaFunction[];
  /** The folder for new code of functions. */
  codeDir: string;
  say: (line: string) => void;
}

/** Rebuilds a function after each change of its sources, and replaces its code in the running stack. */
export async function followFunctions({ watcher, functions, codeDir, say }: DevFunctions): Promise<void> {
  rmSync(codeDir, { recursive: true, force: true });
  const bundles = [HANDLER_BUNDLES, PROCESS_BUNDLES].flatMap((options) =>
    options.entryPoints.map(
      (entry): Bundle => ({
        functionId: dirname(entry.out),
        ...{ options, entry, inputs: new Set(), hasFailed: false },
      }),
    ),
  );
  // Only our own files, which is quick: packages do not change.
  await Promise.all(bundles.map((bundle) => rebuild(bundle, { packages: 'external', sourcemap: false })));

  const changed = new Map<string, number>();
  let isBuilding = false;
  const buildChanged = async () => {
    if (isBuilding) return;
    isBuilding = true;
    while (changed.size > 0) {
      const files = new Map(changed);
      changed.clear();
      const affected = bundles.filter(
        ({ inputs, hasFailed }) => hasFailed || files.keys().some((file) => inputs.has(file)),
      );
      const savedAt = Math.min(...files.values());
      // One after the other, so that the first one is ready soon.
      for (const bundle of affected) {
        const written = await rebuild(bundle);
        if (!written) {
          say(`${bundle.functionId} does not build: the code from before goes on running.`);
          continue;
        }
        const target = functions.find(
          ({ definition }) => definition.environment.POWERTOOLS_SERVICE_NAME === bundle.functionId,
        );
        if (!target) continue;
        replaceCode(target, join(codeDir, `${bundle.functionId}-${Date.now()}`), written);
        say(`${bundle.functionId} has its new code after ${Date.now() - savedAt} ms.`);
      }
    }
    isBuilding = false;
  };
  watcher.add([join(ROOT, 'functions'), join(ROOT, 'lib')]);
  watcher.on('all', (_event, absolute) => {
    const file = relative(ROOT, absolute);
    if (!/^(functions|lib)\//.test(file)) return;
    if (NEEDS_RESTART.test(file))
      say(`${file} has changed: restart npm run dev, since the template is made of it.`);
    if (!changed.has(file)) changed.set(file, Date.now());
    void buildChanged();
  });
}

/** Builds a bundle. Returns undefined after an error, which esbuild has printed. */
async function rebuild(
  bundle: Bundle,
  differently: BuildOptions = {},
): Promise<Map<string, Uint8Array> | undefined> {
  try {
    const { metafile, outputFiles } = await build({
      ...bundle.options,
      ...differently,
      entryPoints: [bundle.entry],
      metafile: true,
      write: false,
    });
    bundle.inputs = new Set(Object.keys(metafile.inputs).map(withoutNames));
    bundle.hasFailed = false;
    return new Map(outputFiles.map(({ path, contents }) => [basename(path), contents]));
  } catch {
    bundle.hasFailed = true;
    return undefined;
  }
}

/** A separate folder for each version: running instances still read the previous one. */
function replaceCode(target: LambdaFunction, folder: string, files: Map<string, Uint8Array>): void {
  mkdirSync(dirname(folder), { recursive: true });
  cpSync(target.definition.codeDir, folder, { recursive: true });
  for (const [name, contents] of files) writeFileSync(join(folder, name), contents);
  target.replaceCode(folder);
}
