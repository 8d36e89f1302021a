import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const LAYERS = join(import.meta.dirname, '..', 'layers');

/** Installs what the layers hold, for the machines that Lambda runs them on, unless it is there. */
export function installLayers(): void {
  for (const name of readdirSync(LAYERS)) {
    const folder = join(LAYERS, name, 'nodejs');
    if (existsSync(join(folder, 'node_modules'))) continue;
    execFileSync('npm', ['ci', '--os=linux', '--cpu=arm64', '--libc=glibc', '--silent'], {
      cwd: folder,
      stdio: ['ignore', 2, 2],
    });
  }
}
