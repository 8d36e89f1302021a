import { Images } from '../../../lib/data/images.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { visible } from '../../../lib/domain/access.ts';
import { toCaseImage } from '../../../lib/domain/case-image.ts';
import { DomainError } from '../../../lib/domain/errors.ts';
import { environment } from '../../../lib/http/environment.ts';
import type { Request } from '../../../lib/http/request.ts';
import { serve } from '../../../lib/http/serve.ts';
import { incomingKey } from '../../../lib/storage/object-keys.ts';
import { ObjectReader } from '../../../lib/storage/object-reader.ts';
import { SignedUrls } from '../../../lib/storage/signed-urls.ts';
import { thumbnailOf } from '../../../lib/storage/thumbnails.ts';
import { operation } from './operation.ts';

interface Deps {
  images: Pick<Images, 'get' | 'markArrived'>;
  objects: Pick<ObjectReader, 'has'>;
  urls: Pick<SignedUrls, 'download'>;
  now: () => Date;
}

export async function handle(
  { caller, params }: Request<typeof operation>,
  { images, objects, urls, now }: Deps,
) {
  const image = visible(caller, await images.get(params.id), 'image');
  if (image.status === 'pending') {
    if (!(await objects.has(incomingKey(image.id)))) {
      throw new DomainError('CONFLICT', 'The upload is not complete: there are no bytes yet.');
    }
    await images.markArrived(image, now());
  }
  return toCaseImage(image, (await thumbnailOf(image, urls, now(), 'card'))?.url ?? null);
}

export const handler = serve(operation, handle, () => ({
  images: new Images(connectTable(environment.tableName)),
  objects: new ObjectReader(environment.bucketName),
  urls: new SignedUrls(environment.bucketName),
  now: () => new Date(),
}));
