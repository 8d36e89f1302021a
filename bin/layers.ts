import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const LAYERS = join(import.meta.dirname, '..', 'layers');

/** Installs what the layers hold, for the machines that Lambda runs them on, unless it is there. */
export function installLayers(): void {
  for (const name of readdirSync(LAYERS)) {
    const folder = join(LAYERS, name, 'nodejs');
    const lock = readFileSync(join(folder, 'package-lock.json'), 'utf8');
    // Written last: an installation that was cut off is none.
    const stamp = join(folder, 'node_modules', '.installed-lock.json');
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) continue;
    execFileSync('npm', ['ci', '--os=linux', '--cpu=arm64', '--libc=glibc', '--silent'], {
      cwd: folder,
      stdio: ['ignore', 2, 2],
    });
    writeFileSync(stamp, lock);
  }
}
