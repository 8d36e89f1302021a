import { join } from 'node:path';
import { build } from 'vite';

const ROOT = join(import.meta.dirname, '..');

/** Builds the page into `dist-web/`. */
export async function buildWeb(): Promise<void> {
  // Tests call it something else, by which React and Vite would build for developers.
  process.env.NODE_ENV = 'production';
  // Not what it warns of: that "use client" in packages says nothing here.
  await build({ configFile: join(ROOT, 'web', 'vite.config.ts'), logLevel: 'error' });
}
