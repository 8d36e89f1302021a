import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };

const ROOT = join(import.meta.dirname, '..', '..');
const readJson = (path: string) => JSON.parse(readFileSync(join(ROOT, path), 'utf8'));

interface Installed {
  /** Where it is installed, such as `node_modules/a/node_modules/b`. */
  path: string;
  name: string;
  license: string;
  hasInstallScript: boolean;
}

/** The licence in a package's manifest, also in the form before SPDX (`licenses`). */
const licenseOf = ({ license, licenses }: { license?: string; licenses?: { type: string }[] }) =>
  license ?? licenses?.map(({ type }) => type).join(' OR ') ?? '';

/** Every package of a lock file. Its own manifest says its licence, or the lock file if it is for another platform. */
const packagesOf = (folder: string, { readsManifests = true } = {}): Installed[] =>
  Object.entries<{ link?: true; license?: string; hasInstallScript?: true }>(
    readJson(join(folder, 'package-lock.json')).packages,
  )
    .filter(([path, { link }]) => path.includes('node_modules/') && !link)
    .map(([path, entry]) => ({
      path,
      name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
      license: licenseOf(
        readsManifests && existsSync(join(ROOT, folder, path, 'package.json'))
          ? readJson(join(folder, path, 'package.json'))
          : entry,
      ),
      hasInstallScript: entry.hasInstallScript ?? false,
    }));

const packages = [
  ...packagesOf('.'),
  ...packagesOf('layers/sharp/nodejs'),
  // Only who runs these tests has them installed.
  ...packagesOf('test/clients/programs', { readsManifests: false }),
];

/** SPDX identifiers of licences that ask for no more than to be named. */
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BSL-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Python-2.0',
  'Unlicense',
  'Zlib',
]);

/** Packages with another licence, each with the reason why we may use it. */
const EXCEPTIONS: Record<string, { license: string; reason: string }> = {
  '@axe-core/playwright': { license: 'MPL-2.0', reason: 'Only tests use it, unchanged.' },
  'axe-core': { license: 'MPL-2.0', reason: 'Only tests use it, unchanged.' },
  'caniuse-lite': { license: 'CC-BY-4.0', reason: 'Data of a build tool; nothing of it is deployed.' },
  'dejavu-fonts-ttf': {
    license: 'SEE LICENSE IN README.md AND LICENSE',
    reason: 'The Bitstream Vera licence: fonts may be embedded and shipped unchanged.',
  },
  'libheif-js': {
    license: 'LGPL-3.0',
    reason:
      'A WebAssembly module of its own, unchanged, in its own layer and process (docs/decisions/heic-by-libheif.md).',
  },
  reserved: { license: '', reason: 'Its folder has the licence of MIT; only a tool of tests uses it.' },
  'humanize-number': { license: '', reason: 'Its README says MIT; only the local S3 uses it.' },
};
/** Families of packages: one for each platform. */
const FAMILIES = [
  { name: /^lightningcss(-|$)/, license: 'MPL-2.0', reason: 'A build tool, unchanged.' },
  {
    name: /^@img\/sharp-(libvips-|win32-|wasm32)/,
    license: 'LGPL-3.0-or-later',
    reason: 'libvips is a library of its own, linked dynamically and unchanged.',
  },
];

/** Whether an SPDX expression can be fulfilled with these licences. */
const isAllowed = (expression: string, allowed: ReadonlySet<string> = ALLOWED): boolean =>
  expression
    .replace(/^\((.*)\)$/, '$1')
    .split(' OR ')
    .some((option) => option.split(' AND ').every((part) => allowed.has(part)));

const isException = ({ name, license }: Installed): boolean =>
  EXCEPTIONS[name]?.license === license ||
  FAMILIES.some(
    (family) => family.name.test(name) && isAllowed(license, ALLOWED.union(new Set([family.license]))),
  );

describe('Licences', () => {
  test('are those of the list, or a named exception', () => {
    const others = packages.filter((each) => !isAllowed(each.license) && !isException(each));
    expect(others.map(({ path, license }) => `${path}: ${license}`)).toEqual([]);
    expect(packages.length).toBeGreaterThan(500);
  });

  test('are read from expressions', () => {
    expect(isAllowed('(MIT OR GPL-3.0-or-later)')).toBe(true);
    expect(isAllowed('(MIT AND Zlib)')).toBe(true);
    expect(isAllowed('Apache-2.0 AND LGPL-3.0-or-later')).toBe(false);
    expect(isAllowed('GPL-3.0-only')).toBe(false);
    expect(isAllowed('')).toBe(false);
  });

  test('need each exception', () => {
    const needed = packages.filter((each) => !isAllowed(each.license)).map(({ name }) => name);
    expect(Object.keys(EXCEPTIONS).filter((name) => !needed.includes(name))).toEqual([]);
    expect(FAMILIES.filter((family) => !needed.some((name) => family.name.test(name)))).toEqual([]);
  });
});

describe('Install scripts', () => {
  test('are each allowed or forbidden by name, and no other name is in the list', () => {
    const withScript = packages.filter(({ hasInstallScript }) => hasInstallScript).map(({ name }) => name);
    expect(Object.keys(manifest.allowScripts).sort()).toEqual([...new Set(withScript)].sort());
  });

  test('run for Node alone, which puts its executable in place', () => {
    const allowed = Object.entries(manifest.allowScripts).filter(([, isOpen]) => isOpen);
    expect(allowed.map(([name]) => name)).toEqual(['node']);
  });

  test('that are not in the list fail the installation', () => {
    expect(readFileSync(join(ROOT, '.npmrc'), 'utf8').split('\n')).toContain('strict-allow-scripts=true');
  });
});

test('CI writes what the service is made of (CycloneDX), and verifies the signatures of packages', () => {
  const ci = readFileSync(join(ROOT, '.ci/run'), 'utf8');
  expect(ci).toContain('npm run sbom');
  expect(ci).toContain('npm audit signatures');
});
