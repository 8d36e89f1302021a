import { toBatchImage } from '../../../lib/api/views/batch-image.ts';
import { Images } from '../../../lib/data/images.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { requireVisible } from '../../../lib/domain/access/access.ts';
import { environment } from '../../../lib/lambda/environment.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
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
  const image = requireVisible(caller, await images.get(params.id), 'image');
  const changed = requireVisible(
    caller,
    await images.change(image, { ...changes, dateTaken }, now()),
    'image',
  );
  return toBatchImage(changed, await thumbnailOf(changed, urls, now()));
}

export const handler = serve(operation, handle, () => ({
  images: new Images(connectTable(environment.tableName)),
  urls: new SignedUrls(environment.bucketName),
  now: () => new Date(),
}));
