import { linksOf, toRecordImage } from '../../../lib/api/views/record-image.ts';
import { newImage } from '../../../lib/domain/images/new-image.ts';
import {
  recordBounds,
  requireMayLink,
  requireRecordPicture,
} from '../../../lib/domain/records/record-image.ts';
import { decodeBase64 } from '../../../lib/domain/uploads/base64.ts';
import { requireUploadable } from '../../../lib/domain/uploads/upload.ts';
import {
  images,
  keys,
  limits,
  newId,
  now,
  objects,
  timeZone,
  urls,
} from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serveCreation } from '../../../lib/lambda/http/serve-creation.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { base64Crc32 } from '../../../lib/media/base64-crc32.ts';
import { readPictureHeader } from '../../../lib/media/image/picture-header.ts';
import { signLink } from '../../../lib/services/images/image-link.ts';
import { incomingKey } from '../../../lib/storage/object-keys.ts';
import { signUpload } from '../../../lib/storage/sign-upload.ts';
import { operation } from './operation.ts';

type Deps = Needs<
  { keys: 'get'; images: 'createLinked'; objects: 'create'; urls: 'upload' },
  'limits' | 'timeZone' | 'newId' | 'now'
>;

export async function handle({ caller, body, origin }: Request<typeof operation>, deps: Deps) {
  const { images, objects, urls, limits } = deps;
  const bounds = recordBounds(limits);
  const links = requireMayLink(caller, linksOf(body));
  const bytes = body.image_data === undefined ? undefined : decodeBase64(body.image_data, 'image_data');
  const picture = bytes && requireRecordPicture(await readPictureHeader(bytes), bounds);
  const file = {
    mimeType: picture?.mimeType ?? body.content_type ?? '',
    fileSize: bytes?.length ?? body.size ?? 0,
  };
  requireUploadable(
    [file],
    limits,
    (_index, field) => (bytes ? 'image_data' : FIELDS[field]),
    bounds.mimeTypes,
  );

  const now = deps.now();
  const createdOn = body.created_on && { capturedAt: body.created_on };
  const given = {
    ...file,
    ...picture,
    ...createdOn,
    ...links,
    id: deps.newId(),
    fileName: body.name,
    bounds,
  };
  const image = newImage(given, caller, now, deps.timeZone);
  await images.createLinked(image, new Date(now.getTime() + limits.uploadExpirySeconds * 1000));
  const view = toRecordImage(image, signLink(image, origin, now));
  if (bytes) {
    // The way of all uploads: the pipeline looks at them as at anybody's.
    await objects.create(incomingKey(image), { bytes, mimeType: image.mimeType, crc32: base64Crc32(bytes) });
    return view;
  }
  const { url, method, headers, expiresAt } = await signUpload(image, urls, limits, now);
  return { ...view, upload_url: url, method, headers, expires_at: expiresAt };
}

const FIELDS = { mimeType: 'content_type', fileSize: 'size' } as const;

export const handler = serveCreation(operation, handle, {
  keys,
  images,
  objects,
  urls,
  limits,
  timeZone,
  newId,
  now,
});
