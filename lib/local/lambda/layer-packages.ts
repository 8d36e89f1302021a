import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import sharpLayer from '../../../layers/sharp/nodejs/package.json' with { type: 'json' };

const installed = path.resolve(import.meta.dirname, '../../../node_modules');

/**
 * Makes the folder in which functions with layers find the layers' packages on this laptop, and nothing else: all that is
 * installed here would hide that a bundle lacks something.
 */
export function linkLayerPackages(folder: string): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const name of Object.keys(sharpLayer.dependencies))
    symlinkSync(path.join(installed, name), path.join(folder, name), 'junction');
  return folder;
}
