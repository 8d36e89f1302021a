import { images, objects } from '../../../lib/lambda/dependencies.ts';
import { PRIVATE_CACHE } from '../../../lib/lambda/http/cache-headers.ts';
import { serveStream } from '../../../lib/lambda/http/serve-stream.ts';
import { serveOriginal } from '../../../lib/services/images/original.ts';
import { operation } from './operation.ts';

export const handle = serveOriginal({ show: 'inline', caching: PRIVATE_CACHE });

export const handler = serveStream(operation, handle, { images, objects });
