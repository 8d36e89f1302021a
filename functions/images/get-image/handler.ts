import { buffer } from 'node:stream/consumers';
import { toBatchImage } from '../../../lib/api/views/batch-image.ts';
import { requireVisible } from '../../../lib/domain/access/access.ts';
import { requireInline, requireReady } from '../../../lib/domain/images/image.ts';
import { images, now, objects, urls } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { thumbnailOf } from '../../../lib/storage/thumbnails.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ images: 'get'; urls: 'download'; objects: 'read' }, 'now'>;

export async function handle({ caller, params, query }: Request<typeof operation>, deps: Deps) {
  const { images, urls, objects, now } = deps;
  const image = requireVisible(caller, await images.get(params.id), 'image');
  const view = toBatchImage(image, await thumbnailOf(image, urls, now()));
  if (query.include === undefined) return view;
  const { key } = requireInline(requireReady(image));
  return { ...view, image_data: (await buffer(await objects.read(key))).toString('base64') };
}

export const handler = serve(operation, handle, { images, urls, objects, now });
