import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Plugin } from 'esbuild';

/**
 * Replaces a module of a package, found by the end of its path.
 *
 * @param contents the new source, or a function that makes it from the old one; it must change something, because a new version of
 *   the package may have other code
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
