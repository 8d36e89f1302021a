import { Batches } from '../../../lib/data/batches.ts';
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
  batches: Pick<Batches, 'get'>;
  images: Pick<Images, 'listInBatch'>;
  urls: Pick<SignedUrls, 'download'>;
  now: () => Date;
}

export async function handle(
  { caller, query }: Request<typeof operation>,
  { batches, images, urls, now }: Deps,
) {
  const [batch, page] = await Promise.all([
    batches.get(query.batch_id),
    images.listInBatch(query.batch_id, query),
  ]);
  visible(caller, batch, 'batch');
  const views = page.items.map(async (image) => toBatchImage(image, await thumbnailOf(image, urls, now())));
  return { images: await Promise.all(views), next: page.next };
}

export const handler = serve(operation, handle, () => {
  const table = connectTable(environment.tableName);
  return {
    batches: new Batches(table),
    images: new Images(table),
    urls: new SignedUrls(environment.bucketName),
    now: () => new Date(),
  };
});
