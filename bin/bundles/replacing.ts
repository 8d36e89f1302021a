import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Plugin } from 'esbuild';

/**
 * Replaces a module of a package, found by the end of its path.
 *
 * @param contents the new source, or what makes it of the old one, which must not stay the same: a new version of the package
 *   may have other words
 */
export const replacing = (
  name: string,
  filter: RegExp,
  contents: string | ((source: string) => string),
): Plugin => ({
  name,
  setup({ onLoad }) {
    onLoad({ filter }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const replaced = typeof contents === 'string' ? contents : contents(source);
      if (replaced === source) throw new Error(`${name} finds nothing to replace in ${path}`);
      return { contents: replaced, resolveDir: dirname(path) };
    });
  },
});
