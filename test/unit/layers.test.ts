import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { installLayers } from '../../bin/layers.ts';

let layers: string;
let folder: string;
beforeEach(() => {
  layers = mkdtempSync(join(tmpdir(), 'layers-'));
  folder = join(layers, 'sharp', 'nodejs');
  mkdirSync(folder, { recursive: true });
  // A lock file that was written where npm omitted the packages of other machines.
  const root = { name: 'layer', version: '1.0.0' };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(root));
  writeFileSync(
    join(folder, 'package-lock.json'),
    JSON.stringify({ ...root, lockfileVersion: 3, packages: { '': root } }),
  );
});
afterEach(() => rmSync(layers, { recursive: true, force: true }));

const put = (file: string) => {
  const path = join(folder, 'node_modules', '@img', file);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, '');
};

test('a build without the arm64 binaries of sharp fails and names them', () => {
  expect(() => installLayers(layers)).toThrow(
    /layer sharp lacks its binaries for Linux on arm64.*@img\/sharp-linux-arm64.*@img\/sharp-libvips-linux-arm64/,
  );
  expect(existsSync(join(folder, 'node_modules', '.installed-lock.json'))).toBe(false);
});

test('a layer whose binaries were deleted after its installation is not taken as installed', () => {
  put('sharp-linux-arm64/lib/sharp-linux-arm64.node');
  const lock = JSON.stringify({
    name: 'layer',
    version: '1.0.0',
    lockfileVersion: 3,
    packages: { '': { name: 'layer', version: '1.0.0' } },
  });
  writeFileSync(join(folder, 'package-lock.json'), lock);
  writeFileSync(join(folder, 'node_modules', '.installed-lock.json'), lock);
  expect(() => installLayers(layers)).toThrow(/no @img\/sharp-libvips-linux-arm64/);
  put('sharp-linux-arm64/lib/sharp-linux-arm64.node');
  put('sharp-libvips-linux-arm64/lib/libvips-cpp.so.8.17.3');
  writeFileSync(join(folder, 'node_modules', '.installed-lock.json'), lock);
  expect(() => installLayers(layers)).not.toThrow();
});
