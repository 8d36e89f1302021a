import { requireVisible } from '../../../lib/domain/access/access.ts';
import { outgoingFileName } from '../../../lib/domain/file-name.ts';
import { requireReady } from '../../../lib/domain/images/image.ts';
import { images, objects } from '../../../lib/lambda/dependencies.ts';
import { PRIVATE_CACHE } from '../../../lib/lambda/http/cache-headers.ts';
import { contentDisposition } from '../../../lib/lambda/http/content-disposition.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serveStream } from '../../../lib/lambda/http/serve-stream.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { renditionKey } from '../../../lib/storage/object-keys.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ images: 'get'; objects: 'read' }>;

export async function handle({ caller, params }: Request<typeof operation>, { images, objects }: Deps) {
  const image = requireVisible(caller, await images.get(params.id), 'image');
  if (image.status === 'pending' || image.status === 'scanning')
    return { accepted: { id: image.id, status: image.status }, retryAfterSeconds: 2 };
  const body = await objects.read(renditionKey(requireReady(image).key, 'png'));
  return {
    headers: {
      'content-type': 'image/png',
      'content-length': String(body.headers['content-length']),
      'content-disposition': contentDisposition('inline', `thumb_${outgoingFileName(image)}`),
      ...PRIVATE_CACHE,
    },
    body,
  };
}

export const handler = serveStream(operation, handle, { images, objects });
