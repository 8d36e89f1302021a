import { asksForCopy } from '../../../lib/domain/images/image-copy.ts';
import { images, objects } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serveStream } from '../../../lib/lambda/http/serve-stream.ts';
import { rateLimiter } from '../../../lib/lambda/middleware/rate-limiting.ts';
import { type CopyDeps, serveCopy } from '../../../lib/services/images/image-copies.ts';
import { serveOriginal } from '../../../lib/services/images/original.ts';
import { operation } from './operation.ts';

const caching = {
  'cache-control': 'no-cache, no-store, must-revalidate',
  pragma: 'no-cache',
  expires: '0',
};
const original = serveOriginal({ show: 'inline', caching });

export const handle = async (request: Request<typeof operation>, deps: CopyDeps) =>
  asksForCopy(request.query) ? serveCopy(request, caching, deps) : original(request, deps);

export const handler = serveStream(operation, handle, {
  images,
  objects,
  countRequest: () => rateLimiter({ ...operation, rate: 'metadata' }),
});
