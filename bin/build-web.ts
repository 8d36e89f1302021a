import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'vite';
import { operations } from '../functions/operations.ts';
import { openApiDocument } from '../lib/api/openapi.ts';

const ROOT = join(import.meta.dirname, '..');
const BUILT = join(ROOT, 'dist-web');
/** Swagger UI's own files, which the page `/docs` loads. */
const SWAGGER_UI = ['swagger-ui-bundle.js', 'swagger-ui.css'];

/** Builds the page, and the description of the API beside it, into `dist-web/`. */
export async function buildWeb(): Promise<void> {
  // In tests NODE_ENV has another value, with which React and Vite would build for development.
  process.env.NODE_ENV = 'production';
  // Without the warnings that "use client" in packages has no effect here.
  await build({ configFile: join(ROOT, 'web', 'vite.config.ts'), logLevel: 'error' });
  await writeFile(join(BUILT, 'openapi.json'), JSON.stringify(openApiDocument(operations)));
  for (const file of SWAGGER_UI)
    await cp(join(ROOT, 'node_modules', 'swagger-ui-dist', file), join(BUILT, 'docs', file));
}
