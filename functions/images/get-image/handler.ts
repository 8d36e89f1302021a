import { buffer } from 'node:stream/consumers';
import { Images } from '../../../lib/data/images.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { visible } from '../../../lib/domain/access.ts';
import { toBatchImage } from '../../../lib/domain/batch-image.ts';
import { requireInline, requireReady } from '../../../lib/domain/image.ts';
import { environment } from '../../../lib/http/environment.ts';
import type { Request } from '../../../lib/http/request.ts';
import { serve } from '../../../lib/http/serve.ts';
import { ObjectReader } from '../../../lib/storage/object-reader.ts';
import { SignedUrls } from '../../../lib/storage/signed-urls.ts';
import { thumbnailOf } from '../../../lib/storage/thumbnails.ts';
import { operation } from './operation.ts';

interface Deps {
  images: Pick<Images, 'get'>;
  urls: Pick<SignedUrls, 'download'>;
  objects: Pick<ObjectReader, 'read'>;
  now: () => Date;
}

export async function handle({ caller, params, query }: Request<typeof operation>, deps: Deps) {
  const { images, urls, objects, now } = deps;
  const image = visible(caller, await images.get(params.id), 'image');
  const view = toBatchImage(image, await thumbnailOf(image, urls, now()));
  if (query.include === undefined) return view;
  const { key } = requireInline(requireReady(image));
  return { ...view, image_data: (await buffer(await objects.read(key))).toString('base64') };
}

export const handler = serve(operation, handle, () => ({
  images: new Images(connectTable(environment.tableName)),
  urls: new SignedUrls(environment.bucketName),
  objects: new ObjectReader(environment.bucketName),
  now: () => new Date(),
}));
