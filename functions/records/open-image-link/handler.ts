import { Images } from '../../../lib/data/images.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { outgoingFileName } from '../../../lib/domain/file-name.ts';
import { isActive, requireDecided, requireReady } from '../../../lib/domain/image.ts';
import { note } from '../../../lib/domain/trail.ts';
import { disposition } from '../../../lib/http/disposition.ts';
import { environment } from '../../../lib/http/environment.ts';
import { openLink, parseLink } from '../../../lib/http/image-link.ts';
import type { Request } from '../../../lib/http/request.ts';
import { serve } from '../../../lib/http/serve.ts';
import { SignedUrls } from '../../../lib/storage/signed-urls.ts';
import { operation } from './operation.ts';

/** Long enough to follow the redirection. */
const URL_SECONDS = 300;

interface Deps {
  images: Pick<Images, 'get'>;
  urls: Pick<SignedUrls, 'download'>;
  now: () => Date;
}

export async function handle({ params, trail }: Request<typeof operation>, { images, urls, now }: Deps) {
  const link = parseLink(params.token);
  const named = link && (await images.get(link.imageId));
  if (named) note({ trail }, 'image', named);
  const image = openLink(link, named, now());
  const ready = requireReady(requireDecided(image));
  const { key, mimeType } = ready;
  const fileName = outgoingFileName(ready);
  const type = isActive(image) ? 'attachment' : 'inline';
  const download = { key, contentType: mimeType, contentDisposition: disposition(type, fileName) };
  const { url: location } = await urls.download(download, URL_SECONDS, now());
  return { location };
}

export const handler = serve(operation, handle, () => ({
  images: new Images(connectTable(environment.tableName)),
  urls: new SignedUrls(environment.bucketName),
  now: () => new Date(),
}));
