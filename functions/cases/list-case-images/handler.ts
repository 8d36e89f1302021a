import { toCaseImage } from '../../../lib/api/views/case-image.ts';
import { requireVisible } from '../../../lib/domain/access/access.ts';
import { cases, images, now, urls } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { thumbnailOf } from '../../../lib/storage/thumbnails.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ cases: 'get'; images: 'listInCase'; urls: 'download' }, 'now'>;

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

export const handler = serve(operation, handle, { cases, images, urls, now });
