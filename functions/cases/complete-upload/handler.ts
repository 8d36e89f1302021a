import { toCaseImage } from '../../../lib/api/views/case-image.ts';
import { Images } from '../../../lib/data/images.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { requireVisible } from '../../../lib/domain/access/access.ts';
import { DomainError } from '../../../lib/domain/errors.ts';
import { environment } from '../../../lib/lambda/environment.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import { incomingKey } from '../../../lib/storage/object-keys.ts';
import { SignedObjects } from '../../../lib/storage/signed-objects.ts';
import { SignedUrls } from '../../../lib/storage/signed-urls.ts';
import { thumbnailOf } from '../../../lib/storage/thumbnails.ts';
import { operation } from './operation.ts';

interface Deps {
  images: Pick<Images, 'get' | 'markArrived'>;
  objects: Pick<SignedObjects, 'has'>;
  urls: Pick<SignedUrls, 'download'>;
  now: () => Date;
}

export async function handle(
  { caller, params }: Request<typeof operation>,
  { images, objects, urls, now }: Deps,
) {
  const image = requireVisible(caller, await images.get(params.id), 'image');
  if (image.status === 'pending') {
    if (!(await objects.has(incomingKey(image)))) {
      throw new DomainError('CONFLICT', 'The upload is not complete: there are no bytes yet.');
    }
    await images.markArrived(image, now());
  }
  return toCaseImage(image, (await thumbnailOf(image, urls, now(), 'card'))?.url ?? null);
}

export const handler = serve(operation, handle, () => ({
  images: new Images(connectTable(environment.tableName)),
  objects: new SignedObjects(environment.bucketName),
  urls: new SignedUrls(environment.bucketName),
  now: () => new Date(),
}));
