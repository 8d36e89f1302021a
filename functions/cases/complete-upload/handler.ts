import { toCaseImage } from '../../../lib/api/views/case-image.ts';
import { requireVisible } from '../../../lib/domain/access/access.ts';
import { DomainError } from '../../../lib/domain/errors.ts';
import { isUndecided } from '../../../lib/domain/images/image-status.ts';
import { imageIntake, images, now, objects, urls } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { incomingKey } from '../../../lib/storage/object-keys.ts';
import { thumbnailOf } from '../../../lib/storage/thumbnails.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ images: 'get'; imageIntake: 'markArrived'; objects: 'has'; urls: 'download' }, 'now'>;

export async function handle(
  { caller, params }: Request<typeof operation>,
  { images, imageIntake, objects, urls, now }: Deps,
) {
  const image = requireVisible(caller, await images.get(params.id), 'image');
  if (isUndecided(image)) {
    if (!(await objects.has(incomingKey(image)))) {
      throw new DomainError('CONFLICT', 'The upload is not complete: there are no bytes yet.');
    }
    await imageIntake.markArrived(image, now());
  }
  return toCaseImage(image, (await thumbnailOf(image, urls, now(), 'card'))?.url ?? null);
}

export const handler = serve(operation, handle, { images, imageIntake, objects, urls, now });
