import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const LAYERS = join(import.meta.dirname, '..', 'layers');

/** The packages that a layer needs on Lambda. For npm they are optional, so that it omits one without an error. */
const BINARIES: Record<string, readonly string[]> = {
  sharp: ['@img/sharp-linux-arm64/lib/*.node', '@img/sharp-libvips-linux-arm64/lib/*.so.*'],
};

/** Installs the packages of the layers, for Lambda's platform, unless they are installed. */
export function installLayers(layers = LAYERS): void {
  for (const name of readdirSync(layers)) {
    const folder = join(layers, name, 'nodejs');
    const lock = readFileSync(join(folder, 'package-lock.json'), 'utf8');
    // Written last, so that an interrupted installation does not count.
    const stamp = join(folder, 'node_modules', '.installed-lock.json');
    const missing = () =>
      (BINARIES[name] ?? []).filter((file) => globSync(join(folder, 'node_modules', file)).length === 0);
    const isInstalled = existsSync(stamp) && readFileSync(stamp, 'utf8') === lock;
    if (isInstalled && missing().length === 0) continue;
    execFileSync('npm', ['ci', '--os=linux', '--cpu=arm64', '--libc=glibc', '--silent'], {
      cwd: folder,
      stdio: ['ignore', 2, 2],
    });
    if (missing().length > 0) {
      throw new Error(
        `The layer ${name} lacks its binaries for Linux on arm64, which Lambda runs: npm ci in ${folder} installed no ${missing().join(' and no ')}. Does package-lock.json name these packages, and does the npm registry have them?`,
      );
    }
    writeFileSync(stamp, lock);
  }
}
