import { requireVisible } from '../../../lib/domain/access/access.ts';
import { outgoingFileName } from '../../../lib/domain/file-name.ts';
import { requireReady } from '../../../lib/domain/images/image.ts';
import { images, limits, now, urls } from '../../../lib/lambda/dependencies.ts';
import { contentDisposition } from '../../../lib/lambda/http/content-disposition.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ images: 'get'; urls: 'download' }, 'limits' | 'now'>;

export async function handle(
  { caller, params }: Request<typeof operation>,
  { images, urls, limits, now }: Deps,
) {
  const image = requireReady(requireVisible(caller, await images.get(params.id), 'image'));
  const { key, mimeType } = image;
  const fileName = outgoingFileName(image);
  const download = {
    key,
    contentType: mimeType,
    contentDisposition: contentDisposition('attachment', fileName),
  };
  return { fileName, ...(await urls.download(download, limits.downloadUrlSeconds, now())) };
}

export const handler = serve(operation, handle, { images, urls, limits, now });
