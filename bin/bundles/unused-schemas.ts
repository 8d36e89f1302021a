import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';
import { parseSync } from 'vite';

/**
 * Lets esbuild leave out the schemas that no code of a bundle uses. To esbuild, a call such as `z.string()` might have effects; in a
 * function without arguments, it can be told that it has none. A schema takes up to a tenth of a millisecond of each start.
 */
export const withoutUnusedSchemas: Plugin = {
  name: 'without-unused-schemas',
  setup({ onLoad }) {
    onLoad({ filter: /\/lib\/(?:api|domain)\/.*\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const contents = known.get(source) ?? withoutEffects(source);
      known.set(source, contents);
      return { contents, loader: 'ts' };
    });
  },
};

/** What became of each source: several builds read it. */
const known = new Map<string, string>();

/** The source with each call that initializes a constant of the module in a function that has no effects. Each line stays where it is. */
export function withoutEffects(source: string): string {
  const { program } = parseSync('module.ts', source);
  const calls = program.body
    .map((statement) => (statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement))
    .flatMap((statement) => (statement?.type === 'VariableDeclaration' ? statement.declarations : []))
    .flatMap(({ init }) => (init?.type === 'CallExpression' ? [init] : []));
  return calls.reduceRight(
    (text, { start, end }) =>
      `${text.slice(0, start)}/* @__PURE__ */ (() => ${text.slice(start, end)})()${text.slice(end)}`,
    source,
  );
}
