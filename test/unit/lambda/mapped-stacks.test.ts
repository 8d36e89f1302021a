import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HANDLER_BUNDLES, PROCESS_BUNDLES } from '../../../bin/build.ts';

/** Node's own stack traces, whatever a module sets. */
const BY_NODE = [
  '--enable-source-maps',
  '--import',
  `data:text/javascript,Object.defineProperty(Error, 'prepareStackTrace', { get() {}, set() {} })`,
];
const FAILING = join(import.meta.dirname, 'bundled', 'failing.ts');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mapped-stacks-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const stacksOf = (file: string, ...options: string[]): string[] =>
  JSON.parse(
    execFileSync(process.execPath, [...options, file], { env: { PRINTS_STACKS: 'yes' }, encoding: 'utf8' }),
  );

describe.each([
  ['a function', HANDLER_BUNDLES, 'cjs'],
  ['a process of a function', PROCESS_BUNDLES, 'mjs'],
])('The stack traces of %s', (_what, options, extension) => {
  test('name our files and functions, as with --enable-source-maps', async () => {
    const entryPoint = { in: FAILING, out: `failing-${extension}` };
    await build({ ...options, outdir: folder, entryPoints: [entryPoint] });
    const bundle = join(folder, `${entryPoint.out}.${extension}`);
    const ours = stacksOf(bundle);
    expect(ours).toEqual(stacksOf(bundle, ...BY_NODE));
    expect(ours[0]).toMatch(new RegExp(`^TypeError: cannot be decoded\n {4}at decode \\(${FAILING}:22:`));
  });

  test('are those of the bundle without a source map', async () => {
    const entryPoint = { in: FAILING, out: `unmapped-${extension}` };
    await build({ ...options, outdir: folder, entryPoints: [entryPoint], sourcemap: false });
    const [first] = stacksOf(join(folder, `${entryPoint.out}.${extension}`));
    expect(first).toMatch(/^TypeError: cannot be decoded\n.*unmapped-/);
  });
});
