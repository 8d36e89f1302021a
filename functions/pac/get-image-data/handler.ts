import { Images } from '../../../lib/data/images.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { visible } from '../../../lib/domain/access.ts';
import { isActive, requireReady } from '../../../lib/domain/image.ts';
import { answerRange } from '../../../lib/http/byte-range.ts';
import { disposition } from '../../../lib/http/disposition.ts';
import { environment } from '../../../lib/http/environment.ts';
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
  // An original never changes, so that its id says all that an entity tag has to say.
  const answer = answerRange(headers, { bytes: image.fileSize, etag: `"${image.id}"` });
  return {
    status: answer.status,
    headers: {
      ...answer.headers,
      'content-type': image.mimeType,
      'content-disposition': disposition(isActive(image) ? 'attachment' : 'inline', image.fileName),
      'cache-control': 'no-cache, no-store, must-revalidate',
      pragma: 'no-cache',
      expires: '0',
    },
    body: answer.status === 304 ? '' : await objects.read(image.key, answer.range),
  };
}

export const handler = serveStream(operation, handle, () => ({
  images: new Images(connectTable(environment.tableName)),
  objects: new ObjectReader(environment.bucketName),
}));
