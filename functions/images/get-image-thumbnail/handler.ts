import { Images } from '../../../lib/data/images.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { requireVisible } from '../../../lib/domain/access/access.ts';
import { outgoingFileName } from '../../../lib/domain/file-name.ts';
import { requireReady } from '../../../lib/domain/images/image.ts';
import { environment } from '../../../lib/lambda/environment.ts';
import { PRIVATE_CACHE } from '../../../lib/lambda/http/cache-headers.ts';
import { contentDisposition } from '../../../lib/lambda/http/content-disposition.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serveStream } from '../../../lib/lambda/http/serve-stream.ts';
import { renditionKey } from '../../../lib/storage/object-keys.ts';
import { SignedObjects } from '../../../lib/storage/signed-objects.ts';
import { operation } from './operation.ts';

interface Deps {
  images: Pick<Images, 'get'>;
  objects: Pick<SignedObjects, 'read'>;
}

export async function handle({ caller, params }: Request<typeof operation>, { images, objects }: Deps) {
  const image = requireVisible(caller, await images.get(params.id), 'image');
  if (image.status === 'pending')
    return { accepted: { id: image.id, status: image.status }, retryAfterSeconds: 2 };
  return {
    headers: {
      'content-type': 'image/png',
      'content-disposition': contentDisposition('inline', `thumb_${outgoingFileName(image)}`),
      ...PRIVATE_CACHE,
    },
    body: await objects.read(renditionKey(requireReady(image).key, 'png')),
  };
}

export const handler = serveStream(operation, handle, () => ({
  images: new Images(connectTable(environment.tableName)),
  objects: new SignedObjects(environment.bucketName),
}));
