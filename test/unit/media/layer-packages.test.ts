import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (path: string) => JSON.parse(readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8'));

test('the Lambda layer has the same version of sharp as the tests', () => {
  const { sharp } = read('package.json').dependencies;
  expect(read('layers/sharp/nodejs/package.json').dependencies).toEqual({ sharp });
  const { packages } = read('layers/sharp/nodejs/package-lock.json');
  const tested = read('package-lock.json').packages;
  for (const name of ['sharp', '@img/sharp-linux-arm64', '@img/sharp-libvips-linux-arm64']) {
    const { version, integrity } = packages[`node_modules/${name}`];
    expect({ version, integrity }).toEqual({
      version: tested[`node_modules/${name}`].version,
      integrity: tested[`node_modules/${name}`].integrity,
    });
  }
});

test('the layer with libheif has the tested version', () => {
  const { 'libheif-js': tested } = read('package.json').dependencies;
  expect(read('layers/libheif/nodejs/package.json').dependencies).toEqual({ 'libheif-js': tested });
  expect(read('layers/libheif/nodejs/package-lock.json').packages['node_modules/libheif-js']).toEqual(
    read('package-lock.json').packages['node_modules/libheif-js'],
  );
});

test('the lock file of a layer names no download address', () => {
  for (const layer of ['sharp', 'libheif']) {
    const { packages } = read(`layers/${layer}/nodejs/package-lock.json`);
    expect(Object.values<object>(packages).filter((each) => 'resolved' in each)).toEqual([]);
  }
});
