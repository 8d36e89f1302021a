import { requireVisible } from '../../../lib/domain/access/access.ts';
import { outgoingFileName } from '../../../lib/domain/file-name.ts';
import { requireReady } from '../../../lib/domain/images/image.ts';
import { images, objects } from '../../../lib/lambda/dependencies.ts';
import { isNotModified } from '../../../lib/lambda/http/byte-range.ts';
import { PRIVATE_CACHE, PRIVATE_REVALIDATED } from '../../../lib/lambda/http/cache-headers.ts';
import { contentDisposition } from '../../../lib/lambda/http/content-disposition.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serveStream } from '../../../lib/lambda/http/serve-stream.ts';
import { rateLimiter } from '../../../lib/lambda/middleware/rate-limiting.ts';
import type { CopyDeps } from '../../../lib/services/images/image-copies.ts';
import { readThumbnail } from '../../../lib/services/images/read-thumbnail.ts';
import { operation } from './operation.ts';

/** An image that was ever edited may be edited again: then no browser may show what it has without asking. */
export async function handle({ caller, params, headers }: Request<typeof operation>, deps: CopyDeps) {
  const image = requireVisible(caller, await deps.images.get(params.id), 'image');
  if (image.status === 'pending' || image.status === 'scanning')
    return { accepted: { id: image.id, status: image.status }, retryAfterSeconds: 2 };
  const ready = requireReady(image);
  const etag = `"${image.id}-${image.edit?.version ?? 0}"`;
  const caching = { etag, ...(image.edit ? PRIVATE_REVALIDATED : PRIVATE_CACHE) };
  if (isNotModified(headers, etag)) return { status: 304 as const, headers: caching, body: '' };
  const { body, bytes } = await readThumbnail(ready, caller, deps);
  return {
    headers: {
      'content-type': 'image/png',
      'content-length': String(bytes),
      'content-disposition': contentDisposition('inline', `thumb_${outgoingFileName(image)}`),
      ...caching,
    },
    body,
  };
}

export const handler = serveStream(operation, handle, {
  images,
  objects,
  countRequest: () => rateLimiter({ ...operation, rate: 'metadata' }),
});
