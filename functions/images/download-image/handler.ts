import { images, objects } from '../../../lib/lambda/dependencies.ts';
import { serveStream } from '../../../lib/lambda/http/serve-stream.ts';
import { serveOriginal } from '../../../lib/services/images/original.ts';
import { operation } from './operation.ts';

export const handle = serveOriginal({
  show: 'attachment',
  caching: { 'cache-control': 'private, no-cache' },
});

export const handler = serveStream(operation, handle, { images, objects });
