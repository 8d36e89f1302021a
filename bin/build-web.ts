import { execFile } from 'node:child_process';
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { operations } from '../functions/operations.ts';
import { openApiDocument } from '../lib/api/openapi.ts';

const ROOT = join(import.meta.dirname, '..');
const BUILT = join(ROOT, 'dist-web');
const VITE = join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js');
/** Swagger UI's own files, which the page `/docs` loads. */
const SWAGGER_UI = ['swagger-ui-bundle.js', 'swagger-ui.css'];

const ENVIRONMENT = {
  // In tests it has another value, with which React and Vite would build for development.
  NODE_ENV: 'production',
  // Rolldown's allocator takes memory in blocks of a gigabyte. It would use them from the start: 250 MB more.
  MIMALLOC_ARENA_EAGER_COMMIT: '0',
};

/** Builds the page, and the description of the API beside it, into `dist-web/`. */
export async function buildWeb(): Promise<void> {
  // A process of its own gives back all memory before the stacks are synthesized. Without the warnings that "use client" in packages
  // has no effect here.
  await promisify(execFile)(
    process.execPath,
    [VITE, 'build', '--config', join('web', 'vite.config.ts'), '--logLevel', 'error'],
    { cwd: ROOT, env: { ...process.env, ...ENVIRONMENT } },
  );
  await writeFile(join(BUILT, 'openapi.json'), JSON.stringify(openApiDocument(operations)));
  for (const file of SWAGGER_UI)
    await cp(join(ROOT, 'node_modules', 'swagger-ui-dist', file), join(BUILT, 'docs', file));
}
