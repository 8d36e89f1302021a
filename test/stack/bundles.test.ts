import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BUNDLES } from '../../bin/build.ts';
import { functions } from '../../functions/functions.ts';

const root = join(import.meta.dirname, '../..');
const DEPENDENCIES = 'lib/lambda/dependencies.ts';

function memoized<T>(compute: (name: string) => T): (name: string) => T {
  const known = new Map<string, T>();
  return (name) => {
    if (!known.has(name)) known.set(name, compute(name));
    return known.get(name) as T;
  };
}

const read = (path: string) => readFileSync(join(root, path), 'utf8');

/**
 * The modules of the project that a module imports for their values, and the names that it imports from each.
 */
const importsOf = memoized((path: string): Map<string, string[]> => {
  const found = read(path).matchAll(/^import \{([^}]*)\} from '(\.[^']*)';$/gm);
  return new Map(
    [...found].map(([, names = '', from = '']) => [
      relative(root, join(root, dirname(path), from)),
      names
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== '' && !name.startsWith('type ')),
    ]),
  );
});

/** The modules of a bundle. */
const modulesOf = memoized((id: string): Set<string> => {
  const { sources } = JSON.parse(readFileSync(join(BUNDLES, id, 'index.cjs.map'), 'utf8'));
  return new Set(sources.map((source: string) => relative(root, join(BUNDLES, id, source))));
});

const source = read(DEPENDENCIES);
const importers = globSync(['lib/**/*.ts', 'functions/**/*.ts'], { cwd: root });
/** The modules whose classes are constructed only in `dependencies.ts`. */
const modules = [...importsOf(DEPENDENCIES)].filter(([path]) =>
  importers.every((importer) => importer === DEPENDENCIES || !importsOf(importer).get(path)?.length),
);

/**
 * The names of `dependencies.ts` that construct something of the module; the name of a group stands for its
 * members.
 */
function namesFor(classes: readonly string[]): string[] {
  const names = [...source.matchAll(/^export const (\w+) = \(\) =>\s+new (\w+)\(/gm)]
    .filter(([, , made = '']) => classes.includes(made))
    .map(([, name = '']) => name);
  const groups = [...source.matchAll(/^export const (\w+) = \{([^}]*)\};$/gm)]
    .filter(([, , members = '']) => members.split(',').some((member) => names.includes(member.trim())))
    .map(([, name = '']) => name);
  return [...names, ...groups];
}

/** The names of `dependencies.ts` that a handler uses, itself or by another handler whose logic it shares. */
const namedBy = (entry: string): string[] =>
  [...importsOf(entry)].flatMap(([path, names]) =>
    path === DEPENDENCIES ? names : path.endsWith('/handler.ts') ? namedBy(path) : [],
  );

describe('A bundle has the modules that its handler names, and no more', () => {
  test.each(modules.map(([path, classes]) => [path, namesFor(classes)] as const))('%s', (path, names) => {
    const bundled = functions.filter(({ id }) => modulesOf(id).has(path));
    const naming = functions.filter(({ entry }) => namedBy(entry).some((name) => names.includes(name)));
    expect(naming.length).toBeGreaterThan(0);
    expect(bundled.map(({ id }) => id)).toEqual(naming.map(({ id }) => id));
  });
});
