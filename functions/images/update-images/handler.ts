import { toBatchImage } from '../../../lib/api/views/batch-image.ts';
import { maySee } from '../../../lib/domain/access/access.ts';
import { recordAccess } from '../../../lib/domain/audit/audit-context.ts';
import { Id } from '../../../lib/domain/identifiers.ts';
import { requireCategory } from '../../../lib/domain/images/category.ts';
import { categories, images, imageUpdates, now, urls } from '../../../lib/lambda/dependencies.ts';
import { eachAlone, Failure } from '../../../lib/lambda/each-alone.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { thumbnailOf } from '../../../lib/storage/thumbnails.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ images: 'getMany'; imageUpdates: 'change'; urls: 'download' }, 'categories' | 'now'>;

export async function handle({ caller, body }: Request<typeof operation>, deps: Deps) {
  const { images, imageUpdates, urls, now } = deps;
  requireCategory(body.category, deps.categories);
  const { ids, date_taken: dateTaken, eye_side: eyeSide, ...rest } = body;
  const changes = { ...rest, dateTaken, eyeSide };
  const requested = new Set(ids.flatMap((id) => Id.safeParse(id).data ?? []));
  const theirs = (await images.getMany([...requested])).filter((image) => {
    recordAccess(caller, 'image', image);
    return maySee(caller, image.patientId);
  });
  const outcomes = await eachAlone(theirs, (image) => imageUpdates.change(image, changes, now()));
  const byId = new Map(theirs.map(({ id }, index) => [id, outcomes[index]]));
  const results = ids.map(async (id) => {
    const image = byId.get(id.toLowerCase());
    if (!image) return { id, status: 'not_found' as const };
    if (image instanceof Failure) return { id, status: 'failed' as const };
    const thumbnail = await thumbnailOf(image, urls, now());
    return { id, status: 'updated' as const, image: toBatchImage(image, thumbnail) };
  });
  return { results: await Promise.all(results) };
}

export const handler = serve(operation, handle, { categories, images, imageUpdates, urls, now });
