import { Images } from '../../../lib/data/images.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { visible } from '../../../lib/domain/access.ts';
import { toBatchImage } from '../../../lib/domain/batch-image.ts';
import { environment } from '../../../lib/http/environment.ts';
import type { Request } from '../../../lib/http/request.ts';
import { serve } from '../../../lib/http/serve.ts';
import { SignedUrls } from '../../../lib/storage/signed-urls.ts';
import { thumbnailOf } from '../../../lib/storage/thumbnails.ts';
import { operation } from './operation.ts';

interface Deps {
  images: Pick<Images, 'get' | 'change'>;
  urls: Pick<SignedUrls, 'download'>;
  now: () => Date;
}

export async function handle(
  { caller, params, body }: Request<typeof operation>,
  { images, urls, now }: Deps,
) {
  const { date_taken: dateTaken, ...changes } = body;
  const image = visible(caller, await images.get(params.id), 'image');
  const changed = visible(caller, await images.change(image, { ...changes, dateTaken }, now()), 'image');
  return toBatchImage(changed, await thumbnailOf(changed, urls, now()));
}

export const handler = serve(operation, handle, () => ({
  images: new Images(connectTable(environment.tableName)),
  urls: new SignedUrls(environment.bucketName),
  now: () => new Date(),
}));
