import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Plugin } from 'esbuild';

/** Of the entry point of a bundle. */
const IS_ENTRY = Symbol('entry');

/** Maps the stack traces of each bundle: its entry point imports that before all else. esbuild's `inject` would make each module do so. */
export const mappedStacks: Plugin = {
  name: 'mapped-stacks',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\.ts$/ }, ({ kind, path, resolveDir }) =>
      kind === 'entry-point' ? { path: resolve(resolveDir, path), pluginData: IS_ENTRY } : undefined,
    );
    onLoad({ filter: /\.ts$/ }, async ({ path, pluginData }) =>
      pluginData === IS_ENTRY
        ? {
            // In the first line, so that the others stay where they are.
            contents: `import '${MAPPED_STACKS}'; ${await readFile(path, 'utf8')}`,
            loader: 'ts',
            resolveDir: dirname(path),
          }
        : undefined,
    );
  },
};

const MAPPED_STACKS = resolve(import.meta.dirname, '..', '..', 'lib', 'lambda', 'mapped-stacks.ts');
