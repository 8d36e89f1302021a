import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { operations } from '../functions/operations.ts';
import { openApiDocument } from '../lib/api/openapi.ts';

const WEB = join(import.meta.dirname, '..', 'web');

/** Generates the page's API types from the OpenAPI document. */
function makeWebTypes(): void {
  const folder = join(WEB, 'generated');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'openapi.json'), JSON.stringify(openApiDocument(operations)));
  // A separate process, because it needs another version of TypeScript, which is installed in `web/`.
  const program = join(WEB, 'node_modules', '.bin', 'openapi-typescript');
  execFileSync(process.execPath, [program, 'openapi.json', '--output', 'schema.d.ts'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

makeWebTypes();
