import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { HANDLER_BUNDLES } from '../../../bin/build.ts';
import { DESCRIBING_METHOD, FORMAT_METHOD } from '../../../bin/bundles/slim-zod.ts';

const ROOT = join(import.meta.dirname, '../../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

test('A bundle that lacks what it needs is not built', async () => {
  const contents = "import * as z from 'zod'; console.log(z.leftOut);";
  const lacking = { ...HANDLER_BUNDLES, stdin: { contents, resolveDir: ROOT }, entryPoints: [] };
  await expect(build({ ...lacking, logLevel: 'silent', write: false })).rejects.toThrow(
    'Import "leftOut" will always be undefined',
  );
});

test('A slim schema takes and refuses what a whole one does, in the same words', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'slim-zod-'));
  const run = async (name: string, options: BuildOptions = {}) => {
    const entryPoints = [{ in: join(import.meta.dirname, 'bundled', 'schemas.ts'), out: name }];
    await build({ ...HANDLER_BUNDLES, ...options, outdir: folder, entryPoints });
    return JSON.parse(execFileSync(process.execPath, [join(folder, `${name}.cjs`)], { encoding: 'utf8' }));
  };
  try {
    const slim = await run('slim');
    expect(slim).toEqual(await run('whole', { plugins: [] }));
    expect(slim.taken.length).toBeGreaterThan(0);
    expect(slim.refused.length).toBeGreaterThan(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe('No schema needs what the bundles leave out of Zod', () => {
  const zod = read('node_modules/zod/v4/classic/schemas.js');
  const methods = [...zod.matchAll(FORMAT_METHOD)].map(([, name]) => name);
  const sources = globSync(
    ['lib/{api,data,domain,lambda,media,services,storage}/**/*.ts', 'functions/**/*.ts'],
    { cwd: ROOT },
  );

  test('formats as methods of texts', () => {
    expect(methods).toContain('email');
    const used = new RegExp(`\\)\\s*\\.(?:${methods.join('|')})\\(`);
    expect(sources.filter((file) => used.test(read(file)))).toEqual([]);
  });

  test('references to themselves', () => {
    expect(zod).toContain('core.memoizer()');
    expect(sources.filter((file) => /\bz\.lazy\(|^ *get \w+\(\) \{\s*return z\./m.test(read(file)))).toEqual(
      [],
    );
  });

  test('descriptions and examples', () => {
    expect([...zod.matchAll(DESCRIBING_METHOD)].map(([, name]) => name)).toEqual(['describe', 'meta']);
    const passedOn = /\.(?:meta\([A-Z]\w+\.meta\(\) \?\? \{\}|describe\([A-Z]\w+\.description \?\? '')\)/g;
    const readBack = /globalRegistry|\.meta\(\)|\b[A-Z]\w+\.description\b/;
    expect(sources.filter((file) => readBack.test(read(file).replace(passedOn, '')))).toEqual([]);
  });

  test('methods without their schema', () => {
    const passed = /\.(?:(?:safeP|p)arse(?:Async)?|check|refine|optional|nullable)\b(?!\()/;
    const code = (file: string) => read(file).replace(/(?<!:)\/\/.*|^ *\*.*/gm, '');
    expect(sources.filter((file) => passed.test(code(file)))).toEqual([]);
  });
});
