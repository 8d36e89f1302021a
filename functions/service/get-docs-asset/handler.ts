import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serveStream } from '../../../lib/lambda/http/serve-stream.ts';
import { DOCS_ASSETS, operation } from './operation.ts';

const START = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#swagger-ui', validatorUrl: null });\n`;

export const handle = async (
  { params }: Request<typeof operation>,
  { directory }: { directory: string },
) => ({
  headers: { 'content-type': DOCS_ASSETS[params.asset], 'cache-control': 'public, max-age=3600' },
  body: params.asset === 'start.js' ? Readable.from(START) : createReadStream(join(directory, params.asset)),
});

export const handler = serveStream(operation, handle, { directory: () => __dirname });
