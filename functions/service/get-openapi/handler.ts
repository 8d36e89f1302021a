import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { serve } from '../../../lib/lambda/http/serve.ts';
import { operation } from './operation.ts';

type Document = ReturnType<typeof import('../../../lib/api/openapi.ts').openApiDocument>;

export const handle = (_request: unknown, { document }: { document: Document }) => document;

/** The document is generated when the functions are built, so that no bundle contains its generator. */
export const handler = serve(operation, handle, {
  document: () => JSON.parse(readFileSync(join(__dirname, 'openapi.json'), 'utf8')),
});
