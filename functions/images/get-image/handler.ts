import { buffer } from 'node:stream/consumers';
import { toBatchImage } from '../../../lib/api/views/batch-image.ts';
import { Images } from '../../../lib/data/images.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { requireVisible } from '../../../lib/domain/access/access.ts';
import { requireInline, requireReady } from '../../../lib/domain/images/image.ts';
import { environment } from '../../../lib/lambda/environment.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import { SignedObjects } from '../../../lib/storage/signed-objects.ts';
import { SignedUrls } from '../../../lib/storage/signed-urls.ts';
import { thumbnailOf } from '../../../lib/storage/thumbnails.ts';
import { operation } from './operation.ts';

interface Deps {
  images: Pick<Images, 'get'>;
  urls: Pick<SignedUrls, 'download'>;
  objects: Pick<SignedObjects, 'read'>;
  now: () => Date;
}

export async function handle({ caller, params, query }: Request<typeof operation>, deps: Deps) {
  const { images, urls, objects, now } = deps;
  const image = requireVisible(caller, await images.get(params.id), 'image');
  const view = toBatchImage(image, await thumbnailOf(image, urls, now()));
  if (query.include === undefined) return view;
  const { key } = requireInline(requireReady(image));
  return { ...view, image_data: (await buffer(await objects.read(key))).toString('base64') };
}

export const handler = serve(operation, handle, () => ({
  images: new Images(connectTable(environment.tableName)),
  urls: new SignedUrls(environment.bucketName),
  objects: new SignedObjects(environment.bucketName),
  now: () => new Date(),
}));
