import { Images } from '../../../lib/data/images.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { maySee } from '../../../lib/domain/access.ts';
import { toBatchImage } from '../../../lib/domain/batch-image.ts';
import { Id } from '../../../lib/domain/identifiers.ts';
import { note } from '../../../lib/domain/trail.ts';
import { environment } from '../../../lib/http/environment.ts';
import type { Request } from '../../../lib/http/request.ts';
import { serve } from '../../../lib/http/serve.ts';
import { SignedUrls } from '../../../lib/storage/signed-urls.ts';
import { thumbnailOf } from '../../../lib/storage/thumbnails.ts';
import { operation } from './operation.ts';

interface Deps {
  images: Pick<Images, 'getMany' | 'change'>;
  urls: Pick<SignedUrls, 'download'>;
  now: () => Date;
}

export async function handle({ caller, body }: Request<typeof operation>, { images, urls, now }: Deps) {
  const { ids, date_taken: dateTaken, ...changes } = body;
  const asked = new Set(ids.flatMap((id) => Id.safeParse(id).data ?? []));
  const theirs = (await images.getMany([...asked])).filter((image) => {
    note(caller, 'image', image);
    return maySee(caller, image.patientId);
  });
  const changed = await Promise.all(
    theirs.map((image) => images.change(image, { ...changes, dateTaken }, now())),
  );
  const byId = new Map(changed.flatMap((image) => (image ? [[image.id, image]] : [])));
  const results = ids.map(async (id) => {
    const image = byId.get(id.toLowerCase());
    if (!image) return { id, status: 'not_found' as const };
    const thumbnail = await thumbnailOf(image, urls, now());
    return { id, status: 'updated' as const, image: toBatchImage(image, thumbnail) };
  });
  return { results: await Promise.all(results) };
}

export const handler = serve(operation, handle, () => ({
  images: new Images(connectTable(environment.tableName)),
  urls: new SignedUrls(environment.bucketName),
  now: () => new Date(),
}));
