import { Images } from '../../../lib/data/images.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { requireVisible } from '../../../lib/domain/access/access.ts';
import { outgoingFileName } from '../../../lib/domain/file-name.ts';
import { requireReady } from '../../../lib/domain/images/image.ts';
import type { Limits } from '../../../lib/domain/limits/limits.ts';
import { environment } from '../../../lib/lambda/environment.ts';
import { contentDisposition } from '../../../lib/lambda/http/content-disposition.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import { SignedUrls } from '../../../lib/storage/signed-urls.ts';
import { operation } from './operation.ts';

interface Deps {
  images: Pick<Images, 'get'>;
  urls: Pick<SignedUrls, 'download'>;
  limits: Limits;
  now: () => Date;
}

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

export const handler = serve(operation, handle, () => ({
  images: new Images(connectTable(environment.tableName)),
  urls: new SignedUrls(environment.bucketName),
  limits: environment.limits,
  now: () => new Date(),
}));
