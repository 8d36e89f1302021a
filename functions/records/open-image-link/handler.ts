import { recordAccess } from '../../../lib/domain/audit/audit-context.ts';
import { outgoingFileName } from '../../../lib/domain/file-name.ts';
import { isActive, requireChecked, requireReady } from '../../../lib/domain/images/image.ts';
import { images, now, urls } from '../../../lib/lambda/dependencies.ts';
import { contentDisposition } from '../../../lib/lambda/http/content-disposition.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { openLink, parseLink } from '../../../lib/services/images/image-link.ts';
import { operation } from './operation.ts';

/** Long enough to follow the redirect. */
const URL_SECONDS = 300;

type Deps = Needs<{ images: 'get'; urls: 'download' }, 'now'>;

export async function handle(
  { params, auditContext }: Request<typeof operation>,
  { images, urls, now }: Deps,
) {
  const link = parseLink(params.token);
  const named = link && (await images.get(link.imageId));
  if (named) recordAccess({ auditContext }, 'image', named);
  const image = openLink(link, named, now());
  const ready = requireReady(requireChecked(image));
  const { key, mimeType } = ready;
  const fileName = outgoingFileName(ready);
  const type = isActive(image) ? 'attachment' : 'inline';
  const download = { key, contentType: mimeType, contentDisposition: contentDisposition(type, fileName) };
  const { url: location } = await urls.download(download, URL_SECONDS, now());
  return { location };
}

export const handler = serve(operation, handle, { images, urls, now });
