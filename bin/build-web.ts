import { join } from 'node:path';
import { build } from 'vite';

const ROOT = join(import.meta.dirname, '..');

/** Builds the page into `dist-web/`. */
export async function buildWeb(): Promise<void> {
  // In tests NODE_ENV has another value, with which React and Vite would build for development.
  process.env.NODE_ENV = 'production';
  // Without the warnings that "use client" in packages has no effect here.
  await build({ configFile: join(ROOT, 'web', 'vite.config.ts'), logLevel: 'error' });
}
