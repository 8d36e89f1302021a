import { Images } from '../../../lib/data/images.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { visible } from '../../../lib/domain/access.ts';
import { requireReady } from '../../../lib/domain/image.ts';
import { environment } from '../../../lib/http/environment.ts';
import { originalOf } from '../../../lib/http/original.ts';
import type { Request } from '../../../lib/http/request.ts';
import { serveStream } from '../../../lib/http/serve-stream.ts';
import { ObjectReader } from '../../../lib/storage/object-reader.ts';
import { operation } from './operation.ts';

interface Deps {
  images: Pick<Images, 'get'>;
  objects: Pick<ObjectReader, 'read'>;
}

export async function handle(
  { caller, params, headers }: Request<typeof operation>,
  { images, objects }: Deps,
) {
  const image = requireReady(visible(caller, await images.get(params.id), 'image'));
  return originalOf(image, {
    headers,
    objects,
    show: 'inline',
    // In the browser of who may see it, and nowhere between.
    caching: { 'cache-control': 'private, max-age=3600' },
  });
}

export const handler = serveStream(operation, handle, () => ({
  images: new Images(connectTable(environment.tableName)),
  objects: new ObjectReader(environment.bucketName),
}));
