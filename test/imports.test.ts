import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

/** Which folders each folder may import from, beside itself; the first that matches counts. */
const RULES: [folder: RegExp, mayImport: RegExp][] = [
  [/^lib\/domain\//, /^lib\/domain\/|^zod$/],
  [/^lib\/media\//, /^lib\/media\/|^(?!@aws|@smithy)[^./]/],
  [/^lib\/api\//, /^lib\/(api|domain)\/|^zod$|^node:http$/],
  [/^lib\/data\//, /^lib\/(data|domain)\/|^[^./]/],
  [/^lib\/storage\//, /^lib\/(storage|domain)\/|^[^./]/],
  // What is done with each request, whatever it is (limits, audit), is done there.
  [/^lib\/http\//, /^lib\/(http|api|data|domain|storage)\/|^[^./]/],
  [
    /^lib\/stack\//,
    /^lib\/(stack|api|domain)\/|^lib\/data\/keys\.ts$|^lib\/storage\/object-keys\.ts$|^[^./]/,
  ],
  [/^lib\/cli\//, /^lib\/(cli|domain|media)\/|^[^./]/],
  [/^lib\/local\//, /^lib\/(local|domain)\/|^[^./]/],
  [/^functions\/.*\/operation\.ts$/, /^lib\/(api|domain)\/|^zod$/],
  [/^functions\/.*\/route\.ts$/, /^lib\/api\//],
  [/^functions\/.*\/trigger\.ts$/, /^lib\/api\/|^lib\/data\/keys\.ts$|\/trigger\.ts$/],
  [/^functions\//, /^lib\/(?!stack|local)|^functions\/|^[^./]/],
  [/^bin\//, /^(bin|functions|lib)\/|^[^./]/],
  // Of what is not its own, the page takes types only.
  [/^web\//, /^web\/|^[^./]/],
  [/^test\//, /./],
];

const sources = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
  .filter((file) => /^(bin|functions|lib|test|web\/src)\/.*\.tsx?$/.test(file) && !file.endsWith('.d.ts'))
  .filter((file) => !file.includes('node_modules'));

/** What a file imports: packages by their names, files of ours by their paths from the root. */
const importsOf = (file: string) =>
  [
    ...readFileSync(join(ROOT, file), 'utf8').matchAll(
      /^(?:import|export)\s[^;]*?from '([^']+)'|import\('([^']+)'\)/gm,
    ),
  ]
    .map((match) => match[1] ?? match[2] ?? '')
    .map((name) => (name.startsWith('.') ? relative(ROOT, join(ROOT, dirname(file), name)) : name));

describe('Each folder imports only from those below it', () => {
  test.each(sources)('%s', (file) => {
    const rule = RULES.find(([folder]) => folder.test(file));
    expect(rule, `a rule for ${file}`).toBeDefined();
    for (const imported of importsOf(file)) expect(imported).toMatch(rule?.[1] as RegExp);
  });
});

test('The walk sees imports at all', () => {
  expect(importsOf('lib/data/batches.ts')).toContain('lib/domain/batch.ts');
});
