import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import libheifLayer from '../../../layers/libheif/nodejs/package.json' with { type: 'json' };
import sharpLayer from '../../../layers/sharp/nodejs/package.json' with { type: 'json' };

const installed = path.resolve(import.meta.dirname, '../../../node_modules');

/**
 * Creates the directory with the packages of the layers, and no others: with all installed packages, a dependency
 * missing in a bundle would not be noticed.
 */
export function linkLayerPackages(folder: string): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const name of [sharpLayer, libheifLayer].flatMap(({ dependencies }) => Object.keys(dependencies)))
    symlinkSync(path.join(installed, name), path.join(folder, name), 'junction');
  return folder;
}
