import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');

/** The folders that each folder may import from, beside itself; the first match counts. */
const RULES: [folder: RegExp, mayImport: RegExp][] = [
  [/^lib\/domain\//, /^lib\/domain\/|^package:zod$/],
  [/^lib\/media\//, /^lib\/media\/|^package:(?!@aws|@smithy)/],
  [/^lib\/api\//, /^lib\/(api|domain)\/|^package\.json$|^package:zod$|^package:node:http$/],
  [/^lib\/data\//, /^lib\/(data|domain)\/|^package:/],
  [/^lib\/storage\//, /^lib\/(storage|domain)\/|^package:/],
  // The steps of every request (limits, audit) are there.
  [/^lib\/lambda\//, /^lib\/(lambda|api|data|domain|storage)\/|^package:/],
  // Functions that several endpoints share; they know no event.
  [/^lib\/services\//, /^lib\/(services|lambda|api|data|domain|storage|media)\/|^package:/],
  [
    /^lib\/stack\//,
    /^lib\/(stack|api|domain)\/|^lib\/data\/keys\.ts$|^lib\/storage\/object-keys\.ts$|^package:/,
  ],
  [/^lib\/deployment\//, /^lib\/(deployment|stack|cli|domain)\/|^package:/],
  [/^lib\/cli\//, /^lib\/(cli|domain|media)\/|^lib\/storage\/put-outcome\.ts$|^package:/],
  [/^lib\/gateway\//, /^lib\/(gateway|cli|domain|media)\/|^package:/],
  [/^lib\/local\//, /^lib\/(local|domain)\/|^lib\/media\/minor-gc\.ts$|^layers\/|^package:/],
  [/^functions\/.*\/operation\.ts$/, /^lib\/(api|domain)\/|^package:zod$/],
  [/^functions\/.*\/route\.ts$/, /^lib\/api\//],
  [/^functions\/.*\/trigger\.ts$/, /^lib\/api\/|^lib\/data\/keys\.ts$|\/trigger\.ts$/],
  [/^functions\//, /^lib\/(?!stack|local)|^functions\/|^package:/],
  [/^bin\//, /^(bin|functions|lib)\/|^package:/],
  [/^web\//, /^web\/|^lib\/|^package:/],
  [/^test\//, /./],
];

const sources = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
  .filter((file) => /^(bin|functions|lib|test|web\/src)\/.*\.tsx?$/.test(file) && !file.endsWith('.d.ts'))
  .filter((file) => !file.includes('node_modules'));

/**
 * The imports of a file, and whether they are types only: files of the project by their paths from the root.
 */
const importsOf = (file: string) =>
  [
    ...readFileSync(join(ROOT, file), 'utf8').matchAll(
      /^(?:import|export)\s(type\s)?[^;]*?from '([^']+)'|import\('([^']+)'\)/gm,
    ),
  ].map(([, type, named, lazy]) => {
    const name = named ?? lazy ?? '';
    const path = name.startsWith('.') ? relative(ROOT, join(ROOT, dirname(file), name)) : `package:${name}`;
    return { path, isType: type !== undefined };
  });
const valuesOf = (file: string) => importsOf(file).flatMap(({ path, isType }) => (isType ? [] : [path]));
const pathsOf = (file: string) => importsOf(file).map(({ path }) => path);
const ruleOf = (file: string) => RULES.find(([folder]) => folder.test(file))?.[1];

describe('Each folder imports only from the layers below it', () => {
  test.each(sources)('%s', (file) => {
    const rule = ruleOf(file);
    expect(rule, `a rule for ${file}`).toBeDefined();
    for (const imported of pathsOf(file)) expect(imported).toMatch(rule as RegExp);
  });
});

// The first load of the page has a limit, and one schema would bring all of zod.
test('The page imports from outside only types, and values that need no package', () => {
  const taken = sources.filter((file) => file.startsWith('web/')).flatMap(valuesOf);
  const ours = new Set(taken.filter((path) => path.startsWith('lib/')));
  // A set also returns the elements that are added during the iteration.
  for (const path of ours) for (const further of valuesOf(path)) ours.add(further);
  expect([...ours]).toContain('lib/media/dicom/draw/lookup-table.ts');
  for (const path of ours) expect(path).toMatch(/^lib\//);
});

test('No module imports itself, over any number of steps, not even for its types', () => {
  expect(cyclesOf(new Map(sources.map((file) => [file, pathsOf(file)])))).toEqual([]);
  const withCycle = new Map([
    ['a', ['b', 'c']],
    ['b', ['c']],
    ['c', ['b']],
  ]);
  expect(cyclesOf(withCycle)).toEqual(['b → c → b']);
});

/** The import cycles. */
function cyclesOf(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const walk = (file: string, way: readonly string[]) => {
    const start = way.indexOf(file);
    if (start >= 0) found.push([...way.slice(start), file].join(' → '));
    if (start >= 0 || done.has(file)) return;
    for (const imported of graph.get(file) ?? []) walk(imported, [...way, file]);
    done.add(file);
  };
  for (const file of graph.keys()) walk(file, []);
  return found;
}

test('The search finds imports at all', () => {
  expect(pathsOf('lib/data/batches.ts')).toContain('lib/domain/batches/batch.ts');
  expect(pathsOf('lib/data/dynamodb/table.ts')).toContain('package:zod');
});

test.each([
  ['lib/domain/batches/batch.ts', 'package:uuid'],
  ['lib/media/image/pixels.ts', 'lib/lambda/http/serve.ts'],
  ['lib/data/batches.ts', 'lib/lambda/http/serve.ts'],
  ['lib/cli/push.ts', 'lib/data/batches.ts'],
  ['functions/images/get-image/handler.ts', 'lib/stack/page.ts'],
  ['web/src/app.tsx', 'functions/operations.ts'],
])('%s would be refused %s', (file, imported) => {
  expect(imported).not.toMatch(ruleOf(file) as RegExp);
});

test('No folder has more sources than its listing shows at a glance', () => {
  const folders = Map.groupBy(sources, (file) => dirname(file));
  expect([...folders].filter(([, files]) => files.length > 25).map(([folder]) => folder)).toEqual([]);
});
