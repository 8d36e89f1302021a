import { toBatchImage } from '../../../lib/api/views/batch-image.ts';
import { requireVisible } from '../../../lib/domain/access/access.ts';
import { nextEdit, requireMayEdit, requireNewest } from '../../../lib/domain/images/edit-rules.ts';
import { requireReady } from '../../../lib/domain/images/image.ts';
import { imageEdits, images, now, urls } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { thumbnailOf } from '../../../lib/storage/thumbnails.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ images: 'get'; imageEdits: 'add'; urls: 'download' }, 'now'>;

export async function handle({ caller, params, body }: Request<typeof operation>, deps: Deps) {
  const { images, imageEdits, urls, now } = deps;
  const read = async () => requireReady(requireVisible(caller, await images.get(params.id), 'image'));
  const image = await read();
  requireMayEdit(caller, image);
  requireNewest(image, body.version);
  const edit = nextEdit(image, body.steps, caller.subject, now());
  // Of two people who edit at the same time, one is told that the other was faster.
  if (!(await imageEdits.add(image, edit))) requireNewest(await read(), body.version);
  const edited = await read();
  return toBatchImage(edited, await thumbnailOf(edited, urls, now()));
}

export const handler = serve(operation, handle, { images, imageEdits, urls, now });
