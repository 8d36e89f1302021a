import { toCaseImage } from '../../../lib/api/views/case-image.ts';
import { Cases } from '../../../lib/data/cases.ts';
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
  cases: Pick<Cases, 'get'>;
  images: Pick<Images, 'listInCase'>;
  urls: Pick<SignedUrls, 'download'>;
  now: () => Date;
}

export async function handle(
  { caller, params, query }: Request<typeof operation>,
  { cases, images, urls, now }: Deps,
) {
  requireVisible(caller, await cases.get(params.caseId, now()), 'case');
  const { items, next } = await images.listInCase(params.caseId, query);
  const views = items.map(async (image) =>
    toCaseImage(image, (await thumbnailOf(image, urls, now(), 'card'))?.url ?? null),
  );
  return { images: await Promise.all(views), next };
}

export const handler = serve(operation, handle, () => {
  const table = connectTable(environment.tableName);
  return {
    cases: new Cases(table),
    images: new Images(table),
    urls: new SignedUrls(environment.bucketName),
    now: () => new Date(),
  };
});
