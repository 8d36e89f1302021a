import { toBatchImage } from '../../../lib/api/views/batch-image.ts';
import { requireVisible } from '../../../lib/domain/access/access.ts';
import { requireCategory } from '../../../lib/domain/images/category.ts';
import { categories, images, imageUpdates, now, urls } from '../../../lib/lambda/dependencies.ts';
import { changeIfMatch } from '../../../lib/lambda/http/entity-tag.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { thumbnailOf } from '../../../lib/storage/thumbnails.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ images: 'get'; imageUpdates: 'change'; urls: 'download' }, 'categories' | 'now'>;

export async function handle({ caller, params, body, headers }: Request<typeof operation>, deps: Deps) {
  const { images, imageUpdates, urls, now } = deps;
  requireCategory(body.category, deps.categories);
  const { date_taken: dateTaken, eye_side: eyeSide, ...changes } = body;
  const image = requireVisible(caller, await images.get(params.id), 'image');
  const change = await changeIfMatch(operation, headers, toBatchImage(image, null), (options) =>
    imageUpdates.change(image, { ...changes, dateTaken, eyeSide }, now(), options),
  );
  const changed = requireVisible(caller, change, 'image');
  return toBatchImage(changed, await thumbnailOf(changed, urls, now()));
}

export const handler = serve(operation, handle, { categories, images, imageUpdates, urls, now });
