import * as z from 'zod';
import { defineOperation } from '../../../lib/api/operation.ts';

/** The page's files by name; the first two are Swagger UI's own. */
export const DOCS_ASSETS = {
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'swagger-ui.css': 'text/css; charset=utf-8',
  'start.js': 'text/javascript; charset=utf-8',
} as const;

export const operation = defineOperation({
  id: 'get-docs-asset',
  method: 'GET',
  path: '/docs/{asset}',
  summary: 'A script or style sheet of the page',
  group: 'Service',
  auth: 'public',
  params: z.strictObject({ asset: z.enum(Object.keys(DOCS_ASSETS) as (keyof typeof DOCS_ASSETS)[]) }),
  success: { status: 200, stream: ['text/javascript', 'text/css'] },
  errors: [],
  permissions: {},
  rate: 'none',
  memoryMb: 256,
  timeoutSeconds: 10,
  assets: [
    'node_modules/swagger-ui-dist/swagger-ui-bundle.js',
    'node_modules/swagger-ui-dist/swagger-ui.css',
  ],
});
