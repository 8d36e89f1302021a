import { toBatchImage } from '../../../lib/api/views/batch-image.ts';
import { requireMayDelete, requireVisible } from '../../../lib/domain/access/access.ts';
import { deletedImages, images, now, urls } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { thumbnailOf } from '../../../lib/storage/thumbnails.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ images: 'get'; deletedImages: 'get' | 'restore'; urls: 'download' }, 'now'>;

/** Restoring an image that is not deleted changes nothing, so that a client may send the request again. */
export async function handle({ caller, params }: Request<typeof operation>, deps: Deps) {
  const { images, deletedImages, urls, now } = deps;
  const deleted = await deletedImages.get(params.id, now());
  requireVisible(caller, deleted ?? (await images.get(params.id)), 'image');
  requireMayDelete(caller);
  if (deleted) await deletedImages.restore(deleted, now());
  const image = requireVisible(caller, await images.get(params.id), 'image');
  return toBatchImage(image, await thumbnailOf(image, urls, now()));
}

export const handler = serve(operation, handle, { images, deletedImages, urls, now });
