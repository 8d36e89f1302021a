import { Images } from '../../../lib/data/images.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { visible } from '../../../lib/domain/access.ts';
import { outgoingFileName } from '../../../lib/domain/file-name.ts';
import { requireReady } from '../../../lib/domain/image.ts';
import { disposition } from '../../../lib/http/disposition.ts';
import { environment } from '../../../lib/http/environment.ts';
import { KEPT_BY_BROWSERS } from '../../../lib/http/kept-by-browsers.ts';
import type { Request } from '../../../lib/http/request.ts';
import { serveStream } from '../../../lib/http/serve-stream.ts';
import { renditionKey } from '../../../lib/storage/object-keys.ts';
import { ObjectReader } from '../../../lib/storage/object-reader.ts';
import { operation } from './operation.ts';

interface Deps {
  images: Pick<Images, 'get'>;
  objects: Pick<ObjectReader, 'read'>;
}

export async function handle({ caller, params }: Request<typeof operation>, { images, objects }: Deps) {
  const image = visible(caller, await images.get(params.id), 'image');
  if (image.status === 'pending')
    return { notYet: { id: image.id, status: image.status }, retryAfterSeconds: 2 };
  return {
    headers: {
      'content-type': 'image/png',
      'content-disposition': disposition('inline', `thumb_${outgoingFileName(image)}`),
      ...KEPT_BY_BROWSERS,
    },
    body: await objects.read(renditionKey(requireReady(image).key, 'png')),
  };
}

export const handler = serveStream(operation, handle, () => ({
  images: new Images(connectTable(environment.tableName)),
  objects: new ObjectReader(environment.bucketName),
}));
